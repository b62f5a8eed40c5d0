"""How fast the losses are: ratios to torchvision in the same process, one thread, process time.

    python -m benchmarks.losses

Prints, for GIoU, DIoU and CIoU on 1,000,000 pairs, forward and backward: torchvision's milliseconds
and our time over theirs, eager and compiled; the same ratio for the pairwise IoU of 100,000 x 50
boxes; and the milliseconds that a 256 x 256 landscape of the eight live losses takes with its
gradients. Figures are medians of interleaved repetitions.
"""

import time
from collections.abc import Callable

import torch
import torchvision.ops as tv
from torch import Tensor

from locviz import boxes, losses

NUM_PAIRS = 1_000_000
OURS_AND_THEIRS = {
    "GIoU": (losses.giou_loss, tv.generalized_box_iou_loss),
    "DIoU": (losses.diou_loss, tv.distance_box_iou_loss),
    "CIoU": (losses.ciou_loss, tv.complete_box_iou_loss),
}


def random_boxes(num: int, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    center = torch.rand(num, 2, generator=generator) * 100
    size = torch.rand(num, 2, generator=generator) * 40 + 1
    return torch.cat([center - size / 2, center + size / 2], -1)


def milliseconds(tasks: dict[str, Callable[[], object]], repeats: int = 9) -> dict[str, float]:
    """Median process time of each task; the tasks take turns, so a slow moment of the machine meets
    all of them.
    """
    times = {name: [] for name in tasks}
    for repeat in range(repeats + 1):
        for name, task in tasks.items():
            start = time.process_time()
            task()
            if repeat:  # the first round warms up
                times[name].append((time.process_time() - start) * 1e3)
    return {name: sorted(values)[len(values) // 2] for name, values in times.items()}


def forward_backward(
    loss: Callable[[Tensor, Tensor], Tensor], pred: Tensor, gt: Tensor
) -> Callable[[], object]:
    return lambda: torch.autograd.grad(loss(pred, gt).sum(), pred)


def elementwise():
    pred, gt = random_boxes(NUM_PAIRS, seed=0).requires_grad_(), random_boxes(NUM_PAIRS, seed=1)
    print(
        f"forward + backward of {NUM_PAIRS:,} pairs      torchvision     eager/torchvision     compiled/torchvision"
    )
    for name, (ours, theirs) in OURS_AND_THEIRS.items():
        variants = {"theirs": theirs, "eager": ours, "compiled": torch.compile(ours)}
        took = milliseconds(
            {key: forward_backward(loss, pred, gt) for key, loss in variants.items()}
        )
        eager, compiled = took["eager"] / took["theirs"], took["compiled"] / took["theirs"]
        print(
            f"  {name:38} {took['theirs']:8.0f} ms {eager:14.2f} (<= 0.75) {compiled:15.2f} (<= 0.30)"
        )


def pairwise():
    rows, columns = random_boxes(100_000, seed=2), random_boxes(50, seed=3)
    took = milliseconds(
        {
            "ours": lambda: boxes.pairwise_iou(rows, columns),
            "theirs": lambda: tv.box_iou(rows, columns),
        },
        repeats=21,
    )
    ratio = took["ours"] / took["theirs"]
    print(
        f"pairwise IoU 100,000 x 50                {took['theirs']:8.0f} ms {ratio:14.2f} (<= 0.50)"
    )


def landscape():
    """The eight losses and their gradients as one box of fixed size is moved over a 256 x 256 grid
    of centres.
    """
    axis = torch.linspace(0, 100, 256)
    centers = torch.cartesian_prod(axis, axis)
    pred = torch.cat([centers - 10, centers + 10], -1).requires_grad_()
    gt = torch.tensor([[30.0, 40, 60, 60]]).expand_as(pred)

    def eight():
        return [
            torch.autograd.grad(loss(pred, gt).sum(), pred) for loss in losses.LIVE_LOSSES.values()
        ]

    took = milliseconds({"eight": eight}, repeats=21)["eight"]
    print(f"256 x 256 landscape of eight losses with gradients: {took:.0f} ms (<= 100)")


def main():
    torch.set_num_threads(1)
    elementwise()
    pairwise()
    landscape()


if __name__ == "__main__":
    main()
