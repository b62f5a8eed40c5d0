"""ResNet-50 as a detector's backbone: torchvision's network, cut before its classifier."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, final

from torch import Tensor, nn

if TYPE_CHECKING:
    from torchvision.models import ResNet50_Weights


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
    """

    channels = (512, 1024, 2048)

    def __init__(
        self,
        *,
        weights: "ResNet50_Weights | None" = None,
        num_frozen: int = 0,
        num_maps: int = 3,
        eps: float = 1e-5,
        norm: Callable[[int], nn.Module] | None = None,
    ):
        super().__init__()
        if not 1 <= num_maps <= 4:
            raise ValueError(
                f"ResNet50 has four stages, C2 to C5: num_maps must be 1 to 4, got {num_maps}"
            )
        self.channels = (256, *ResNet50.channels)[-num_maps:]
        # Imported here and not at the top: torchvision.models takes a while to import, and the tiny
        # models do not need it.
        from torchvision.models import resnet50
        from torchvision.ops import FrozenBatchNorm2d

        norm = norm or partial(FrozenBatchNorm2d, eps=eps)
        # One class: the classifier is thrown away, and a thousand would be a twelfth of the model.
        body = resnet50(num_classes=1, norm_layer=norm)
        if weights is not None:
            state = weights.get_state_dict(progress=True, check_hash=True)
            classifier = ("fc.weight", "fc.bias")
            # Not strict, because the classifier is left out.
            body.load_state_dict(
                {name: x for name, x in state.items() if name not in classifier}, strict=False
            )
        self.stem = nn.Sequential(body.conv1, body.bn1, body.relu, body.maxpool)
        self.stages = nn.ModuleList([body.layer1, body.layer2, body.layer3, body.layer4])
        for part in [self.stem, *self.stages][:num_frozen]:
            part.requires_grad_(False)

    def forward(self, pixels: Tensor) -> list[Tensor]:
        """Return the last ``num_maps`` of C2 to C5 of ``pixels`` (b, 3, h, w), finest first."""
        # The stem's map, of stride 4, is what C2 is made from; it is never returned.
        maps = [self.stem(pixels)]
        for stage in self.stages:
            maps.append(stage(maps[-1]))
        return maps[-len(self.channels) :]
