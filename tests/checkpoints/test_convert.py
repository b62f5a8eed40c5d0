import pytest
import torch

from locviz.checkpoints import FCOS_R50, rename

TABLE = (("body.layer1", "stages.0"), ("body.layer10", "stages.9"), ("head", "top"))


def test_whole_parts_of_names_are_renamed():
    state = {"body.layer1.0.weight": torch.zeros(1), "body.layer10.weight": torch.ones(1), "head": torch.ones(2)}
    assert list(rename(state, TABLE)) == ["stages.0.0.weight", "stages.9.weight", "top"]


def test_foreign_names_are_named():
    with pytest.raises(ValueError, match=r"1 of 2 names .* 'header\.weight'"):
        rename({"head.bias": torch.zeros(1), "header.weight": torch.zeros(1)}, TABLE)


def test_the_table_covers_torchvisions_model_and_gives_exactly_our_names():
    from torchvision.models.detection import fcos_resnet50_fpn

    from locviz.models import fcos_r50_torchvision

    theirs = fcos_resnet50_fpn(weights=None, weights_backbone=None, num_classes=3).state_dict()
    # A build without weights has ordinary batch norms, which count their batches.
    theirs = {name: x for name, x in theirs.items() if not name.endswith("num_batches_tracked")}
    ours = fcos_r50_torchvision(3).state_dict()
    renamed = rename(theirs, FCOS_R50)
    assert {name: x.shape for name, x in renamed.items()} == {name: x.shape for name, x in ours.items()}
