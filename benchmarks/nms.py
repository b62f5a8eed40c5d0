"""How fast suppression is: ratios to torchvision and effdet in the same process, one thread.

    python -m benchmarks.nms

For 10,000 boxes of 10 to 100 pixels in an image of 1,000 x 1,000: the time of greedy NMS, of one
class and of 80 classes, over torchvision's; the time of Soft-NMS over effdet's (a development
dependency); and the milliseconds of the other methods, on 1,000 boxes as after a top-k. Figures are
medians of interleaved repetitions of process time.
"""

import warnings

import torch
import torchvision.ops as tv

from benchmarks.losses import milliseconds
from locviz.postprocess import (
    BalancedNMS,
    Candidates,
    DIoUNMS,
    GaussianDecay,
    GreedyNMS,
    IoUGuidedNMS,
    MatrixNMS,
    SoftNMS,
    WeightedBoxesFusion,
    batched_nms,
    linear_decay,
    nms,
)

NUM_BOXES, NUM_KEPT_BY_TOP_K, NUM_CLASSES = 10_000, 1_000, 80
THRESHOLD, MIN_SCORE = 0.5, 0.001


def scene(num: int, seed: int = 0) -> Candidates:
    generator = torch.Generator().manual_seed(seed)
    center = torch.rand(num, 2, generator=generator) * 1000
    size = torch.rand(num, 2, generator=generator) * 90 + 10
    scores, quality = (torch.rand(num, generator=generator) for _ in range(2))
    return Candidates(torch.cat([center - size / 2, center + size / 2], -1), scores, quality)


def report(name: str, ours: float, theirs: float, limit: float):
    print(
        f"{name:44} theirs {theirs:8.1f} ms   ours / theirs {ours / theirs:5.2f} (<= {limit:.2f})"
    )


def greedy():
    some = scene(NUM_BOXES)
    labels = torch.randint(NUM_CLASSES, (NUM_BOXES,), generator=torch.Generator().manual_seed(1))
    took = milliseconds(
        {
            "ours": lambda: nms(some.regions, some.scores, threshold=THRESHOLD),
            "theirs": lambda: tv.nms(some.regions, some.scores, THRESHOLD),
            "ours, classes": lambda: batched_nms(
                some.regions, some.scores, labels, threshold=THRESHOLD
            ),
            "theirs, classes": lambda: tv.batched_nms(some.regions, some.scores, labels, THRESHOLD),
        }
    )
    report(f"greedy NMS, {NUM_BOXES:,} boxes", took["ours"], took["theirs"], 1.05)
    name = f"greedy NMS, {NUM_BOXES:,} boxes, {NUM_CLASSES} classes"
    report(name, took["ours, classes"], took["theirs, classes"], 1.05)


def soft():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch deprecates what timm is written with
        from effdet.soft_nms import soft_nms
    some = scene(NUM_BOXES)
    for name, decay in (("Gaussian", GaussianDecay(sigma=0.5)), ("linear", linear_decay)):
        ours, gaussian = SoftNMS(decay=decay, min_score=MIN_SCORE), decay is not linear_decay

        def theirs(gaussian: bool = gaussian):
            return soft_nms(some.regions, some.scores, gaussian, 0.5, THRESHOLD, MIN_SCORE)

        def own(method: SoftNMS = ours):
            return method(some, threshold=THRESHOLD)

        # The same scores. Where two of them differ in their last bit alone the order may, too.
        torch.testing.assert_close(own().scores, theirs()[1], rtol=1e-4, atol=1e-6)
        took = milliseconds({"ours": own, "theirs": theirs}, repeats=3)
        report(f"Soft-NMS, {name}, {NUM_BOXES:,} boxes", took["ours"], took["theirs"], 0.5)


def others():
    some = scene(NUM_KEPT_BY_TOP_K)
    methods = (DIoUNMS(), IoUGuidedNMS(), BalancedNMS(), MatrixNMS(), WeightedBoxesFusion())
    tasks = {
        type(method).__name__: lambda method=method: method(some, threshold=THRESHOLD)
        for method in (GreedyNMS(), SoftNMS(), *methods)
    }
    for name, took in milliseconds(tasks, repeats=5).items():
        print(f"{name:44} {took:8.1f} ms on {NUM_KEPT_BY_TOP_K:,} boxes")


def main():
    torch.set_num_threads(1)
    greedy()
    soft()
    others()


if __name__ == "__main__":
    main()
