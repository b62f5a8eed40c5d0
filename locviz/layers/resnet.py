"""ResNet-50 and ResNet-101 as a detector's backbone: torchvision's networks, cut before their
classifiers.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, final

from torch import Tensor, nn

if TYPE_CHECKING:
    from torchvision.models import ResNet50_Weights, ResNet101_Weights

Norm = Callable[[int], nn.Module]


@final
class ResNet50(nn.Module):
    """The maps C3, C4, C5 (strides 8, 16, 32; 512, 1024, 2048 channels) of a ResNet-50 with frozen
    batch norm.

    With ``num_maps=4`` C2 (stride 4, 256 channels) comes first: the maps of FPN and Faster R-CNN.

    Frozen batch norm keeps the statistics of pre-training, because detection batches are too small
    to estimate them. Its scales and shifts are buffers and not parameters, which is why published
    counts are 53,120 parameters below those of a ResNet-50 with ordinary batch norm.

    Args:
        weights: ImageNet weights to start from (downloads once); None starts from random weights.
        num_frozen: how many stages, stem first, do not train: 2 (stem and C2) is the usual choice
            with ImageNet weights; with random weights leave 0.
        num_maps: how many of the last stages to return, 1 to 4.
        eps: of the frozen batch norms. Some checkpoints of torchvision were trained with 0, and
            reach their figures only with 0.
        norm: makes the norm of some channels in place of frozen batch norm, such as
            ``nn.BatchNorm2d``, whose scales and shifts train.
        dilated: the last stage keeps the stride of 16, and its filters look at every second cell
            instead: the same weights, a map of twice the resolution. DETR calls this DC5.
    """

    channels = (512, 1024, 2048)

    def __init__(
        self,
        *,
        weights: "ResNet50_Weights | None" = None,
        num_frozen: int = 0,
        num_maps: int = 3,
        eps: float = 1e-5,
        norm: Norm | None = None,
        dilated: bool = False,
    ):
        super().__init__()
        self.channels = _last_channels(num_maps)
        # Imported here and not at the top: torchvision.models takes a while to import, and the tiny
        # models do not need it.
        from torchvision.models import resnet50

        body = _body(resnet50, weights=weights, eps=eps, norm=norm, dilated=dilated)
        self.stem, self.stages = _cut(body, num_frozen=num_frozen)

    def forward(self, pixels: Tensor) -> list[Tensor]:
        """Return the last ``num_maps`` of C2 to C5 of ``pixels`` (b, 3, h, w), finest first."""
        return _maps(self.stem, self.stages, pixels)[-len(self.channels) :]


@final
class ResNet101(nn.Module):
    """As ``ResNet50``, but with 23 blocks in place of 6 in the stage that makes C4.

    Args:
        weights, num_frozen, num_maps, eps, norm, dilated: as for ``ResNet50``.
    """

    channels = ResNet50.channels

    def __init__(
        self,
        *,
        weights: "ResNet101_Weights | None" = None,
        num_frozen: int = 0,
        num_maps: int = 3,
        eps: float = 1e-5,
        norm: Norm | None = None,
        dilated: bool = False,
    ):
        super().__init__()
        self.channels = _last_channels(num_maps)
        from torchvision.models import resnet101

        body = _body(resnet101, weights=weights, eps=eps, norm=norm, dilated=dilated)
        self.stem, self.stages = _cut(body, num_frozen=num_frozen)

    def forward(self, pixels: Tensor) -> list[Tensor]:
        """Return the last ``num_maps`` of C2 to C5 of ``pixels`` (b, 3, h, w), finest first."""
        return _maps(self.stem, self.stages, pixels)[-len(self.channels) :]


def _last_channels(num_maps: int) -> tuple[int, ...]:
    if not 1 <= num_maps <= 4:
        raise ValueError(
            f"a ResNet has four stages, C2 to C5: num_maps must be 1 to 4, got {num_maps}"
        )
    return (256, *ResNet50.channels)[-num_maps:]


def _body(
    build: Callable[..., Any], *, weights: Any, eps: float, norm: Norm | None, dilated: bool
) -> Any:
    """torchvision's network, with ImageNet weights where they are asked for."""
    from torchvision.ops import FrozenBatchNorm2d

    body = build(
        # One class: the classifier is thrown away, and a thousand would be a twelfth of the model.
        num_classes=1,
        norm_layer=norm or partial(FrozenBatchNorm2d, eps=eps),
        replace_stride_with_dilation=[False, False, dilated],
    )
    if weights is not None:
        state = weights.get_state_dict(progress=True, check_hash=True)
        classifier = ("fc.weight", "fc.bias")
        # Not strict, because the classifier is left out.
        body.load_state_dict(
            {name: x for name, x in state.items() if name not in classifier}, strict=False
        )
    return body


def _cut(body: Any, *, num_frozen: int) -> tuple[nn.Sequential, nn.ModuleList]:
    """Stem and stages; the first ``num_frozen`` of them do not train."""
    stem = nn.Sequential(body.conv1, body.bn1, body.relu, body.maxpool)
    stages = nn.ModuleList([body.layer1, body.layer2, body.layer3, body.layer4])
    for part in [stem, *stages][:num_frozen]:
        part.requires_grad_(False)
    return stem, stages


def _maps(stem: nn.Module, stages: Sequence[nn.Module] | nn.ModuleList, pixels: Tensor) -> list:
    """The map of every stage, finest first. The stem's, of stride 4, is never returned."""
    maps = [stem(pixels)]
    for stage in stages:
        maps.append(stage(maps[-1]))
    return maps[1:]
