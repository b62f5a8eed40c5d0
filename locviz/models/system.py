"""What is known about a system: the source of tables, command line, weights and benchmarks."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from torch import Tensor, nn

from locviz.models.skeletons.dense import DenseDetector
from locviz.models.skeletons.query import QueryDetector
from locviz.models.skeletons.two_stage import TwoStageDetector
from locviz.train.recipe import Recipe

RenameTable = Iterable[tuple[str, str]]
# Every skeleton: what a preset may build.
Detector = DenseDetector | TwoStageDetector | QueryDetector
Preset = Callable[..., Detector]


@dataclass(frozen=True, kw_only=True)
class PublishedWeights:
    """One published file of trained weights.

    Attributes:
        name: the name that users give: the preset, a hyphen, the data.
        url: address of the file. torchvision's names end in the first digits of the file's sha256;
            the download is then checked against these.
        licence: of the weights.
        reported: the origin's own figure, and the data on which it was measured.
        build: makes the detector that the weights fit.
        table: the origin's parameter names to ours.
        unpack: from the loaded file to the state dict in it.
        unchecked: the reason why a damaged or exchanged file cannot be told from the published one;
            empty where the digits in the url can tell.
    """

    name: str
    url: str
    licence: str
    reported: str
    build: Callable[[], nn.Module]
    table: RenameTable
    unpack: Callable[[Any], Mapping[str, Tensor]] = dict
    unchecked: str = ""


@dataclass(frozen=True, kw_only=True)
class System:
    """One paper's system: an object at the end of its ``model.py``, listed in ``systems.py``.

    Attributes:
        title: its usual name.
        paper: address of the paper.
        chapter: the number of the chapter that teaches it.
        presets: functions from the number of classes to a model, the smallest first.
        tiny: the preset that trains in class.
        recipes: how ``tiny`` is trained, by data set.
        live: the recipe of a live cell, where a chapter has one.
        weights: published files that load into one of the presets.
        origin: the implementation that the presets are compared with, and which of them equals it.

    Raises:
        ValueError: ``tiny`` is not one of ``presets``.
    """

    title: str
    paper: str
    chapter: int
    presets: tuple[Preset, ...]
    tiny: Preset
    recipes: Mapping[str, Recipe] = field(default_factory=lambda: MappingProxyType({}))
    live: Recipe | None = None
    weights: tuple[PublishedWeights, ...] = ()
    origin: str = ""

    def __post_init__(self):
        if self.tiny not in self.presets:
            raise ValueError(
                f"System.tiny of {self.title} must be one of its presets: add it there"
            )
