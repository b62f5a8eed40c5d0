"""One part of ``benchmarks/gpu.py``: losses, overlaps, suppression and assigners give on a GPU what
they give on a CPU.

Inputs are drawn once on the CPU and moved, so both see the same bits.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import torch
from gpu_report import Part, Setting
from torch import Tensor

from locviz import boxes, losses
from locviz.models import ASSIGNERS
from locviz.postprocess import SelectDense, SelectProposals, SelectRegions, batched_nms, nms
from locviz.priors import PointPriors
from locviz.types import ImagePredictions, Priors, Targets

NUM_PAIRS, NUM_CLASSES, SIDE = 4096, 6, 256
# Of the difference over (1 + the larger value). On a CPU, float32 is up to 3e-6 from float64 here;
# two devices may round to either side.
TOLERANCE = 1e-5
# Two nearly equal costs may change places with the last bit: of a thousand priors, one.
OTHER_OWNERS = 1e-3

Case = Callable[[torch.device], list[Tensor]]


def random(*shape: int, seed: int) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def random_boxes(num: int, seed: int) -> Tensor:
    """Boxes (num, 4) of 4 to 84 pixels in a square of ``SIDE``; many overlap."""
    middle, size = random(num, 2, seed=seed) * SIDE, random(num, 2, seed=seed + 1) * 80 + 4
    return torch.cat([middle - size / 2, middle + size / 2], -1)


def with_gradient(function: Callable[..., Tensor], *inputs: Tensor, home: torch.device):
    """The values of ``function`` and their gradient with respect to the first input."""
    first, *others = (tensor.to(home) for tensor in inputs)
    first.requires_grad_()
    values = function(first, *others)
    return [values.detach(), *torch.autograd.grad(values.sum(), first)]


def regression(function: Callable[..., Tensor]) -> Case:
    """Pairs of overlapping boxes, in units in which the losses of coordinates are of the order of 1."""
    gt = random_boxes(NUM_PAIRS, seed=0) / 32
    sides = (gt[:, 2:] - gt[:, :2]).repeat(1, 2)
    pred = gt + (random(NUM_PAIRS, 4, seed=2) - 0.5) * 0.8 * sides
    return lambda home: with_gradient(function, pred, gt, home=home)


def sigmoid_classes(function: Callable[..., Tensor], *, soft: bool = False) -> Case:
    """Logits, and targets of 0 or 1 or in between."""
    logits = random(NUM_PAIRS, NUM_CLASSES, seed=3) * 20 - 10
    targets = random(NUM_PAIRS, NUM_CLASSES, seed=4)
    targets = targets if soft else (targets > 0.9).float()
    return lambda home: with_gradient(function, logits, targets, home=home)


def distributions(home: torch.device) -> list[Tensor]:
    logits, sides = random(NUM_PAIRS, 17, seed=17) * 8 - 4, random(NUM_PAIRS, seed=18) * 16
    return with_gradient(losses.distribution_focal_loss, logits, sides, home=home)


def hard_examples(function: Callable[..., Tensor], **options: int) -> Case:
    """Which are kept, of losses with many ties."""
    values = (random(4, NUM_PAIRS, seed=19) * 50).floor()
    kind = random(4, NUM_PAIRS, seed=20)
    inputs = values, kind < 0.02, kind > 0.1
    return lambda home: [function(*(x.to(home) for x in inputs), **options).float()]


def coefficients(function: Callable[..., Tensor]) -> Case:
    """Weights of positives by their boxes and losses: no gradient flows through them."""
    gt, values = random_boxes(NUM_PAIRS, seed=0), random(NUM_PAIRS, seed=21) * 5
    pred = gt + (random(NUM_PAIRS, 4, seed=2) - 0.5) * 3
    return lambda home: [function(*(x.to(home) for x in (pred, gt, values)))]


def softmax_classes(home: torch.device) -> list[Tensor]:
    logits = random(NUM_PAIRS, NUM_CLASSES, seed=5) * 20 - 10
    labels = (random(NUM_PAIRS, seed=6) * NUM_CLASSES).long()
    return with_gradient(losses.softmax_focal_loss, logits, labels, home=home)


def self_adjusting(home: torch.device) -> list[Tensor]:
    return regression(losses.SelfAdjustingSmoothL1().to(home))(home)


def loss_cases() -> dict[str, Case]:
    """All that ``locviz.losses`` exports: one that takes something else than two lists of boxes
    stands here by name.
    """
    own = {
        "balanced_cross_entropy": sigmoid_classes(losses.balanced_cross_entropy),
        "sigmoid_focal_loss": sigmoid_classes(losses.sigmoid_focal_loss),
        "quality_focal_loss": sigmoid_classes(losses.quality_focal_loss, soft=True),
        "distribution_focal_loss": distributions,
        "localization_coefficient": coefficients(
            lambda pred, gt, _: losses.localization_coefficient(pred, gt)
        ),
        "keeping_sum": coefficients(lambda pred, _, values: losses.keeping_sum(pred[:, 2], values)),
        "dynamic_coefficient": coefficients(losses.dynamic_coefficient),
        "hard_negatives": hard_examples(losses.hard_negatives),
        "hardest": hard_examples(losses.hardest, num=128),
        "softmax_focal_loss": softmax_classes,
        "SelfAdjustingSmoothL1": self_adjusting,
    }
    names = [name for name in losses.__all__ if name.endswith("_loss")]
    return {name: regression(getattr(losses, name)) for name in names} | own


def overlap_cases() -> dict[str, Case]:
    """IoU and its kin, pair by pair with their gradients, and all with all."""
    some = random_boxes(200, seed=8), random_boxes(50, seed=10)

    def all_pairs(function):
        return lambda home: with_gradient(function, *some, home=home)

    names = ("iou", "giou", "diou", "ciou", "eiou")
    cases = {name: regression(getattr(boxes, name)) for name in names}
    return cases | {f"pairwise_{n}": all_pairs(getattr(boxes, f"pairwise_{n}")) for n in names}


def suppression_cases() -> dict[str, Case]:
    """What is kept, in its order."""
    regions, scores = random_boxes(1000, seed=12), random(1000, seed=14)
    labels = (random(1000, seed=15) * NUM_CLASSES).long()
    logits = random(1000, 1 + NUM_CLASSES, seed=16) * 8 - 6
    levels = (600, 300, 100)

    def kept(function, *inputs, **options):
        def case(home):
            moved = {n: x.to(home) if isinstance(x, Tensor) else x for n, x in options.items()}
            found = function(*(tensor.to(home) for tensor in inputs), **moved)
            return [found] if isinstance(found, Tensor) else [found.boxes, found.labels]

        return case

    proposals = SelectProposals(pre_nms=200, post_nms=100)
    return {
        "nms": kept(nms, regions, scores, threshold=0.5),
        "batched_nms": kept(batched_nms, regions, scores, labels, threshold=0.5),
        "SelectDense": kept(SelectDense(), logits, regions, levels=levels, quality=scores),
        "SelectRegions": kept(SelectRegions(), logits, regions[:, None]),
        "SelectProposals": kept(proposals, scores, regions, levels=levels),
    }


# Every assigner that is listed, as AssignLab shows it on points.
ENTRIES = {entry.title: entry for entry in ASSIGNERS}


def owners(name: str, home: torch.device) -> list[Tensor]:
    """Which object each of 1,344 points is responsible for."""
    priors, targets, predicted = scene()
    assigner = ENTRIES[name].on_points()
    return [assigner(priors.to(home), targets.to(home), predicted.to(home)).gt_index]


def scene() -> tuple[Priors, Targets, ImagePredictions]:
    """Twelve objects, and predictions that are right about the nearest one at half of the points."""
    priors = PointPriors(strides=(8, 16, 32))(
        [(32, 32), (16, 16), (8, 8)], input_size=(SIDE, SIDE), device=torch.device("cpu")
    )
    gt = boxes.clip(random_boxes(12, seed=20), (SIDE, SIDE))
    labels = (random(12, seed=22) * NUM_CLASSES).long()
    middle = torch.cat([(gt[:, :2] + gt[:, 2:]) / 2] * 2, -1)
    near = (priors.regions[:, None] - middle).square().sum(-1).argmin(1)
    knows = random(len(priors), seed=23) < 0.5
    noise = (random(len(priors), 4, seed=24) - 0.5) * 8
    regions = torch.where(knows[:, None], gt[near] + noise, priors.regions + noise / 8)
    logits = random(len(priors), NUM_CLASSES, seed=25) * 4 - 5
    logits[knows, labels[near[knows]]] += 4
    predicted = ImagePredictions(
        logits=logits, regions=regions, quality=random(len(priors), seed=26) * 4 - 2
    )
    return priors, Targets(gt, labels, (SIDE, SIDE)), predicted


EXACT: Mapping[str, Case] = suppression_cases()
CLOSE: Mapping[str, Case] = loss_cases() | overlap_cases()
OWNERS: Mapping[str, Case] = {name: partial(owners, name) for name in ENTRIES}


def compare(ours: Sequence[Tensor], theirs: Sequence[Tensor], *, allowed: float) -> Sequence[str]:
    """How many numbers, and the largest difference over (1 + the larger value).

    Raises:
        AssertionError: shapes differ, a number is not finite, or a difference is above ``allowed``.
    """
    count, worst = 0, 0.0
    for one, other in zip(ours, theirs, strict=True):
        one, other = one.double().cpu(), other.double().cpu()
        if one.shape != other.shape:
            raise AssertionError(f"shapes {tuple(one.shape)} and {tuple(other.shape)}")
        larger = torch.maximum(one.abs(), other.abs())
        off = ((one - other).abs() / (1 + larger)).nan_to_num(float("inf"))
        count, worst = count + one.numel(), max([worst, *off.amax().reshape(-1).tolist()])
    if worst > allowed:
        raise AssertionError(f"{count} numbers differ by up to {worst:.1e}, allowed {allowed:.0e}")
    return [f"{count:,}", f"{worst:.1e}", f"{allowed:.0e}"]


def compare_owners(one: Tensor, other: Tensor, *, allowed: float) -> Sequence[str]:
    """How many priors, and the share of them that belong to another object.

    Raises:
        AssertionError: the share is above ``allowed``, or no prior belongs to any object.
    """
    share = (one.cpu() != other.cpu()).double().mean().item()
    if share > allowed or not (one >= 0).any():
        positive = int((one >= 0).sum())
        raise AssertionError(f"{share:.1%} of {len(one)} priors differ, {positive} are positive")
    return [f"{len(one):,}", f"{share:.1%} of the owners", f"{allowed:.1%}"]


def agreement(row: str, seconds: float, setting: Setting) -> Sequence[str]:
    here, there = torch.device("cpu"), torch.device(setting.device)
    if row in OWNERS:
        return compare_owners(*OWNERS[row](here), *OWNERS[row](there), allowed=OTHER_OWNERS)
    case, allowed = (EXACT[row], 0.0) if row in EXACT else (CLOSE[row], TOLERANCE)
    return compare(case(here), case(there), allowed=allowed)


AGREEMENT = Part(
    title="The same on CPU and GPU",
    about=(
        "Every function on the same input, in float32. Losses and overlaps with their gradients: "
        "the largest difference over (1 + the value). Suppression: what is kept and its order. "
        "Assigners: the share of the priors that get another object."
    ),
    columns=("function", "numbers compared", "largest difference", "allowed"),
    rows=(*CLOSE, *EXACT, *OWNERS),
    measure=agreement,
    share=5,
)
