import subprocess
import sys

import pytest
import torch

from locviz.checkpoints import rename
from locviz.layers import ResNet50, ResNet101
from locviz.models.torchvision_names import RESNET


def test_maps_equal_torchvisions_and_batch_norm_is_frozen():
    from torchvision.models import resnet50
    from torchvision.models._utils import IntermediateLayerGetter
    from torchvision.ops import FrozenBatchNorm2d

    torch.manual_seed(0)
    theirs = resnet50(weights=None, norm_layer=FrozenBatchNorm2d)
    ours = ResNet50()
    state = {f"backbone.body.{name}": x for name, x in theirs.state_dict().items()}
    renamed = rename({name: x for name, x in state.items() if ".fc." not in name}, RESNET)
    ours.load_state_dict({name.removeprefix("backbone."): x for name, x in renamed.items()})
    pixels = torch.rand(1, 3, 64, 96)
    expected = IntermediateLayerGetter(theirs, {"layer2": "c3", "layer3": "c4", "layer4": "c5"})(
        pixels
    )
    with torch.no_grad():
        for mine, other in zip(ours(pixels), expected.values(), strict=True):
            torch.testing.assert_close(mine, other, rtol=1e-5, atol=1e-5)
    # 25,503,912 with its classifier (2048 * 1000 + 1000).
    assert sum(p.numel() for p in ours.parameters()) == 25_503_912 - 2_049_000
    assert tuple(c.shape[1] for c in ours(pixels)) == ours.channels


def test_four_maps_and_another_epsilon():
    torch.manual_seed(0)
    ours = ResNet50(num_maps=4, eps=0.0)
    pixels = torch.rand(1, 3, 64, 96)
    with torch.no_grad():
        maps = ours(pixels)
    assert tuple(c.shape[1] for c in maps) == ours.channels == (256, 512, 1024, 2048)
    assert maps[0].shape[2:] == (16, 24)
    assert {m.eps for m in ours.modules() if hasattr(m, "eps")} == {0.0}
    with pytest.raises(ValueError, match="num_maps must be 1 to 4, got 5"):
        ResNet50(num_maps=5)


def test_frozen_stages_get_no_gradient():
    frozen = ResNet50(num_frozen=2)
    assert not any(
        p.requires_grad for part in (frozen.stem, frozen.stages[0]) for p in part.parameters()
    )
    assert all(p.requires_grad for stage in frozen.stages[1:] for p in stage.parameters())


def test_importing_models_does_not_load_torchvision():
    code = "import sys, locviz.models; sys.exit('torchvision.models' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_dilated_last_stage_has_the_same_weights_and_twice_the_resolution():
    """As torchvision's network with its stride replaced by dilation."""
    from torchvision.models import resnet50
    from torchvision.ops import FrozenBatchNorm2d

    torch.manual_seed(0)
    theirs = resnet50(
        norm_layer=FrozenBatchNorm2d, replace_stride_with_dilation=[False, False, True]
    )
    usual, ours = ResNet50(num_maps=1), ResNet50(num_maps=1, dilated=True)
    assert usual.state_dict().keys() == ours.state_dict().keys()
    for mine, other in zip(
        [*ours.stem, *ours.stages],
        [theirs.conv1, theirs.bn1, theirs.relu, theirs.maxpool,
         theirs.layer1, theirs.layer2, theirs.layer3, theirs.layer4],
        strict=True,
    ):  # fmt: skip
        mine.load_state_dict(other.state_dict())
    theirs.fc, theirs.avgpool = torch.nn.Identity(), torch.nn.Identity()
    pixels = torch.rand(1, 3, 64, 96)
    with torch.no_grad():
        (c5,) = ours(pixels)
        torch.testing.assert_close(c5.flatten(1), theirs(pixels))
        assert usual(pixels)[0].shape == (1, 2048, 2, 3)
    assert c5.shape == (1, 2048, 4, 6)


def test_101_layers():
    """44,549,160 parameters with classifier and ordinary batch norms, whose 105,344 are buffers here."""
    with torch.device("meta"):
        deep = ResNet101(num_maps=2)
        norms = ResNet101(norm=torch.nn.BatchNorm2d)
    assert sum(p.numel() for p in deep.parameters()) == 44_549_160 - 2_049_000 - 105_344
    assert sum(p.numel() for p in norms.parameters()) == 44_549_160 - 2_049_000
    assert deep.channels == (1024, 2048)
    assert [len(stage) for stage in deep.stages] == [3, 4, 23, 3]
