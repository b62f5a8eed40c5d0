"""One picture, one small DETR, one change at a time: which of them stop it from learning? And how
far does it get with few pictures?

What is changed and what is counted. ``benchmarks/set_switches.py`` trains the runs with three seeds
and writes ``data/set_switches.json``; ``locviz.lessons.ch13`` shows it beside the chapter's own runs.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, final

import torch
from torch import nn

from locviz.assign import softmax_of_classes
from locviz.boxes import pairwise_iou
from locviz.data import Batches, Shapes
from locviz.layers import LearnedQueries, Memory, Queries
from locviz.models.assigners import detr_costs, hungarian
from locviz.models.detr.model import DETR, detr_tiny, detr_tiny_selected
from locviz.models.skeletons.outputs import HeadOutput
from locviz.models.skeletons.query import Decoder, QueryDetector, QueryStages
from locviz.models.skeletons.set_loss import SetLoss, cross_entropy_with_no_object
from locviz.train import Recipe, measure, train
from locviz.types import Assignment, Detections, ImagePredictions, Priors, Targets

RESULTS = Path(__file__).parent / "data" / "set_switches.json"
CHANNELS = 128
"""Of ``detr_tiny``."""
SURE = 0.5
"""A query that gives its class more than this is sure."""
AT = (10, 20, 30, 40, 50, 60, 70, 80)
"""After how many steps a run is looked at."""
RECIPE = Recipe(
    steps=AT[-1],
    # Ten times DETR's rate of 1e-4: a small network, and one picture that it may learn by heart.
    lr=1e-3,
    warmup_steps=10,
    # DETR's own.
    clip_norm=0.1,
)


@final
class SeveralEach:
    """One-to-many: the Hungarian matching of every object's copies (the second branch of H-DETR,
    https://arxiv.org/abs/2207.13080), so ``times`` queries learn the same object.

    Args:
        times: copies of each object.
    """

    def __init__(self, times: int):
        self.times = times
        self.one_each = hungarian(costs=detr_costs(probability=softmax_of_classes))

    def __call__(
        self, priors: Priors, targets: Targets, predicted: ImagePredictions | None = None
    ) -> Assignment:
        """Match the predictions of one image to the copies, and name the objects."""
        num = len(targets)
        rows = torch.arange(num).repeat(self.times)
        copies = Targets(
            targets.boxes[rows],
            targets.labels[rows],
            targets.size,
            crowd=None if targets.crowd is None else targets.crowd[rows],
            ignore=None if targets.ignore is None else targets.ignore[rows],
        )
        found = self.one_each(priors, copies, predicted)
        own = found.gt_index
        return replace(
            found,
            gt_index=own.where(own < 0, own % max(num, 1)),
            cost=None if found.cost is None else found.cost[:, :num],
        )


@final
class LastLayerOnly(nn.Module):
    """A decoder whose earlier layers predict nothing, so that they have no loss of their own."""

    def __init__(self, decoder: Decoder):
        super().__init__()
        self.decoder = decoder

    def forward(self, queries: Queries, memory: Memory, head: nn.Module) -> list[HeadOutput]:
        """The last layer's logits (b, q, columns) and deltas (b, q, 2*dim) alone."""
        return self.decoder(queries, memory, head)[-1:]


@dataclass(frozen=True, kw_only=True)
class Switch:
    """One change of ``detr_tiny`` or of its recipe.

    Attributes:
        title: its name in a table.
        stages: makes what stands in place of the detector's own stages.
        alter: what else is done to the detector.
        recipe: in place of ``RECIPE``.
    """

    title: str
    stages: Callable[[], QueryStages] = QueryStages
    alter: Callable[[QueryDetector], None] = lambda detector: None
    recipe: Recipe = field(default=RECIPE)

    def detector(self, num_classes: int, *, seed: int = 0) -> QueryDetector:
        """``detr_tiny`` with this change."""
        torch.manual_seed(seed)
        detector = detr_tiny(num_classes, **self.stages())
        self.alter(detector)
        return detector


def no_object(weight: float) -> QueryStages:
    """DETR's loss with another weight of "no object"."""
    classification = partial(cross_entropy_with_no_object, no_object=weight)
    return QueryStages(loss=SetLoss(classification=classification))


def queries(num: int) -> QueryStages:
    """So many learned queries."""
    return QueryStages(queries=LearnedQueries(num, channels=CHANNELS))


def _without_auxiliary(detector: QueryDetector) -> None:
    detector.decoder = LastLayerOnly(detector.decoder)


# The names are those of the stored results.
SWITCHES: Mapping[str, Switch] = MappingProxyType(
    {
        "plain": Switch(title="as it is: rate 1e-3"),
        "slow": Switch(title="rate 1e-4, the paper's", recipe=replace(RECIPE, lr=1e-4)),
        "fast": Switch(title="rate 1e-2", recipe=replace(RECIPE, lr=1e-2)),
        "weight_1": Switch(title="no-object weight 1", stages=partial(no_object, 1.0)),
        "weight_0": Switch(title="no-object weight 0", stages=partial(no_object, 0.0)),
        "queries_2": Switch(title="2 queries", stages=partial(queries, 2)),
        "queries_100": Switch(title="100 queries", stages=partial(queries, 100)),
        # The 96 queries without an object weigh together what 21 of 25 weigh at 0.1.
        "queries_100_light": Switch(
            title="100 queries, no-object weight 0.022",
            stages=lambda: queries(100) | no_object(0.022),
        ),
        "four_each": Switch(
            title="4 queries per object", stages=lambda: QueryStages(assigner=SeveralEach(4))
        ),
        "no_auxiliary": Switch(title="no auxiliary losses", alter=_without_auxiliary),
    }
)


class Count(NamedTuple):
    """What is counted after ``step`` steps: objects that are ``found``, and ``sure`` boxes."""

    step: int
    found: int
    sure: int


def count(step: int, detections: Detections, targets: Targets) -> Count:
    """Count in one image: boxes with a score above ``SURE``, and the objects that one of them finds,
    with the right class and an IoU of at least 0.5.
    """
    sure = detections.scores > SURE
    overlap = pairwise_iou(detections.boxes[sure], targets.boxes)
    right = detections.labels[sure, None] == targets.labels
    return Count(step, int(((overlap >= 0.5) & right).any(0).sum()), int(sure.sum()))


def one_picture() -> Any:
    """The data set of one training scene, with four objects."""
    return Shapes(level="first", split="train", num_scenes=1, seed=0).cached()


def follow(detector: QueryDetector, scene: Any, recipe: Recipe = RECIPE) -> Iterator[Count]:
    """Train on one picture, and count at each of ``AT``.

    Args:
        detector: is trained.
        scene: a data set of one image (3, h, w) and its targets.
        recipe: how.
    """
    images, targets = [scene[0][0]], scene[0][1]
    for step in train(detector, Batches(scene, batch_size=1, seed=0), recipe):
        if step.index + 1 in AT:
            detector.eval()
            (found,) = detector.detect(images)
            detector.train()
            yield count(step.index + 1, found, targets)


def run(name: str, *, seed: int = 0) -> list[Count]:
    """Train one variant from one seed."""
    scene, switch = one_picture(), SWITCHES[name]
    detector = switch.detector(len(scene.class_names), seed=seed)
    return list(follow(detector, scene, replace(switch.recipe, seed=seed)))


PICTURES = (40, 200, 1000, 5000)
"""How many pictures the other runs are given."""
MANY = DETR.recipes["shapes"]
"""The recipe of these runs."""


def with_pictures(num: int, *, seed: int = 0) -> dict[str, float]:
    """Train ``detr_tiny_selected`` on so many pictures: AP50 on 100 of its own (all, if fewer) and on
    100 held-out ones.
    """
    own = Shapes(level="first", split="train", num_scenes=num, seed=0).cached()
    others = Shapes(level="first", split="test", num_scenes=100, seed=0).cached()
    torch.manual_seed(seed)
    detector: nn.Module = detr_tiny_selected(len(own.class_names))
    recipe = replace(MANY, seed=seed)
    for step in train(detector, Batches(own, batch_size=recipe.batch_size, seed=seed), recipe):
        detector = step.detector
    # The same scenes: a data set of fewer begins with the same ones.
    seen = Shapes(level="first", split="train", num_scenes=min(num, 100), seed=0).cached()
    return {"own": measure(detector, seen).ap50, "held_out": measure(detector, others).ap50}


def results(path: Path = RESULTS) -> dict[str, Any]:
    """Read what the benchmark wrote: the protocol and every run."""
    return json.loads(path.read_text(encoding="utf-8"))


def last_counts(found: Mapping[str, Any], name: str) -> Sequence[tuple[int, int]]:
    """Per seed: objects found and sure boxes after the last step; empty where it was not trained."""
    runs = [run for _, run in sorted(found["runs"].items()) if run["switch"] == name]
    return [tuple(run["counts"][-1][1:]) for run in runs]
