"""The list of all systems, from which tables, weights, command line and benchmarks are derived."""

from collections.abc import Mapping
from types import MappingProxyType

from locviz.models.deformable_detr.model import DEFORMABLE_DETR
from locviz.models.detr.model import DETR
from locviz.models.fast_rcnn.model import FAST_RCNN
from locviz.models.faster_rcnn.model import FASTER_RCNN
from locviz.models.fcos.model import FCOS
from locviz.models.gfl.model import GFL
from locviz.models.rcnn.model import RCNN
from locviz.models.retinanet.model import RETINANET
from locviz.models.system import Preset, PublishedWeights, System
from locviz.models.yolov10.model import YOLOV10
from locviz.models.yolox.model import YOLOX

SYSTEMS: tuple[System, ...] = (
    RCNN,
    FAST_RCNN,
    FASTER_RCNN,
    FCOS,
    YOLOX,
    RETINANET,
    GFL,
    YOLOV10,
    DETR,
    DEFORMABLE_DETR,
)

# For the command line and the cards of weights, which know presets by name. Python code calls the
# functions themselves.
PRESETS: Mapping[str, Preset] = MappingProxyType(
    {preset.__name__: preset for system in SYSTEMS for preset in system.presets}
)

PUBLISHED: Mapping[str, PublishedWeights] = MappingProxyType(
    {weights.name: weights for system in SYSTEMS for weights in system.weights}
)


def system_of(preset: Preset) -> System:
    """The system that a preset builds.

    Raises:
        ValueError: it is not a preset of one of ``SYSTEMS``.
    """
    for system in SYSTEMS:
        if preset in system.presets:
            return system
    raise ValueError(f"{getattr(preset, '__name__', preset)!r} is no preset: see SYSTEMS")
