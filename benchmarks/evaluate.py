"""CPU time of our COCO evaluation against pycocotools', and the largest difference between their
figures.

    python benchmarks/evaluate.py [--images 5000] [--detections 500000] [--classes 80]

Both get the same seeded boxes. pycocotools' figure is evaluate + accumulate + summarize; loading
its JSON (``createIndex`` and ``loadRes``) does not count. Ours is the whole call, from lists of
tensors.
"""

import argparse
import time

import numpy as np
import torch

from locviz.evaluate import evaluate
from locviz.evaluate.reference import coco_json, run_pycocotools
from locviz.types import Detections, Targets


def scenes(num_images: int, num_detections: int, num_classes: int, seed: int = 0):
    """Seven objects per image on average; half the detections are jittered copies of them, half are
    noise.
    """
    rng = np.random.default_rng(seed)
    per_image = num_detections // num_images
    detections, targets = [], []
    for image in range(num_images):
        num = int(rng.integers(1, 14))
        gts = boxes(rng, num)
        labels = rng.integers(0, num_classes, num)
        crowd = rng.random(num) < 0.02
        area = np.prod(gts[:, 2:] - gts[:, :2], axis=1) * rng.uniform(0.4, 1.0, num)
        targets.append(
            Targets(
                tensor(gts),
                torch.tensor(labels),
                (480, 640),
                image,
                tensor(area),
                torch.tensor(crowd),
            )
        )
        source = rng.integers(0, num, per_image)
        side = np.tile(gts[source, 2:] - gts[source, :2], 2)
        moved = gts[source] + rng.normal(0, 0.1, (per_image, 4)) * side
        moved = np.sort(moved.reshape(-1, 2, 2), axis=1).reshape(-1, 4)
        copy = rng.random(per_image) < 0.5
        found = np.where(copy[:, None], moved, boxes(rng, per_image))
        names = np.where(copy, labels[source], rng.integers(0, num_classes, per_image))
        detections.append(
            Detections(tensor(found), tensor(rng.random(per_image)), torch.tensor(names))
        )
    return detections, targets


def boxes(rng: np.random.Generator, num: int) -> np.ndarray:
    low = rng.uniform(0, 400, (num, 2))
    return np.concatenate(
        [low, low + np.exp(rng.uniform(np.log(8), np.log(240), (num, 2)))], axis=1
    )


def tensor(values: np.ndarray) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float32)


def timed_evaluator() -> type:
    """A COCOeval that notes when it was made: after its JSON was loaded, before it computes."""
    from pycocotools.cocoeval import COCOeval

    class Timed(COCOeval):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            self.began = time.process_time()

    return Timed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=5000)
    parser.add_argument("--detections", type=int, default=500_000)
    parser.add_argument("--classes", type=int, default=80)
    options = parser.parse_args()
    torch.set_num_threads(1)
    detections, targets = scenes(options.images, options.detections, options.classes)

    seconds = []
    for _ in range(3):
        began = time.process_time()
        ours = evaluate(detections, targets, num_classes=options.classes)
        seconds.append(time.process_time() - began)
    dataset, results = coco_json(detections, targets, num_classes=options.classes)
    evaluation = run_pycocotools(dataset, results, evaluator=timed_evaluator())
    theirs = time.process_time() - evaluation.began

    figures = np.nan_to_num(list(ours.figures.values()), nan=-1.0)
    num = sum(len(found) for found in detections)
    print(
        f"{len(targets)} images, {num} detections, {ours.num_gt[:, 0].sum()} ground truths, {options.classes} classes"
    )
    print(f"locviz        {sorted(seconds)[1]:8.2f} CPU-seconds (median of 3)   AP {ours.ap:.6f}")
    print(
        f"pycocotools   {theirs:8.2f} CPU-seconds, without loading    AP {evaluation.stats[0]:.6f}"
    )
    print(f"ratio         {sorted(seconds)[1] / theirs:8.3f}   (bar: 0.1)")
    print(
        f"largest difference of the twelve figures: {np.abs(figures - evaluation.stats).max():.2e}   (bar: 1e-9)"
    )


if __name__ == "__main__":
    main()
