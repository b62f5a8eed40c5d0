"""FCOS from random weights on real photographs: BCCD's blood cells, its own trainval and test
lists.

    python benchmarks/bccd.py [--minutes 30] [--data FOLDER]

On a GPU: fcos_r50 at 480 pixels for 8 minutes. On a CPU: fcos_small at 240 pixels for as many
CPU-minutes (process time, evaluation apart) as asked for. Prints what the reader skipped, AP and
AP50 per class, and the time. The target is AP50 0.80 on the test list. The data are found through
LOCVIZ_TEST_DATA (default ../shared/data).
"""

import argparse
import os
import time
from pathlib import Path

import torch
from torchvision.transforms import v2

from locviz.data import Batches, Cached, open_dataset, summary
from locviz.data.transforms import Augmentation
from locviz.evaluate import evaluate
from locviz.layers import Prepare
from locviz.models import fcos_r50, fcos_small
from locviz.train import Recipe, device, predict, train

TARGET = 0.80


def cached(folder: str, split: str) -> Cached:
    dataset = open_dataset(folder, split=split)
    print(
        f"{split}: {len(dataset)} images, classes {', '.join(dataset.class_names)}; {summary(dataset.report)}"
    )
    return Cached(dataset)


def clock(on_gpu: bool) -> float:
    """Wall seconds on a GPU, CPU-seconds of the process otherwise."""
    return time.perf_counter() if on_gpu else time.process_time()


def table(detector, dataset):
    targets = [dataset[index][1] for index in range(len(dataset))]
    found = predict(detector, dataset, batch_size=8)
    return evaluate(
        found, targets, num_classes=len(dataset.class_names), class_names=dataset.class_names
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    home = os.environ.get("LOCVIZ_TEST_DATA", "../shared/data")
    parser.add_argument("--data", default=str(Path(home) / "bccd" / "BCCD"))
    parser.add_argument(
        "--minutes", type=float, help="of training (default: 8 on a GPU, 30 CPU-minutes elsewhere)"
    )
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    on_gpu = device().type == "cuda"
    budget = 60 * (args.minutes or (8 if on_gpu else 30))

    training, test = cached(args.data, "trainval"), cached(args.data, "test")
    torch.manual_seed(args.seed)
    if on_gpu:
        detector = fcos_r50(3, prepare=Prepare(shorter=480, longer=640))
    else:
        detector = fcos_small(3)
    # Blood cells have no up and no left. Light differs between photographs.
    augmentation = Augmentation(
        v2.RandomHorizontalFlip(),
        v2.RandomVerticalFlip(),
        v2.ColorJitter(brightness=0.2, contrast=0.2, saturation=0.2),
    )
    batches = Batches(training, batch_size=8, seed=args.seed, transform=augmentation)

    # The number of steps that fit is measured on a few of them: the learning rate falls along all
    # steps, so it must be known before the first.
    trial = time_per_step(detector, batches, on_gpu)
    steps = max(60, int(0.97 * budget / trial))
    recipe = Recipe(
        steps=steps, lr=1e-3, warmup_steps=min(200, steps // 10), ema_decay=0.995, seed=args.seed
    )
    print(f"{type(detector).__name__}, {sum(p.numel() for p in detector.parameters()):,} parameters, on {device()}: "
          f"{trial:.2f} s per step of 8 images, {steps} steps = {8 * steps / len(training):.0f} epochs")  # fmt: skip

    spent, began = 0.0, clock(on_gpu)
    marks = {steps // 4, steps // 2, 3 * steps // 4}
    for step in train(detector, batches, recipe):
        if step.index + 1 in marks:
            spent += clock(on_gpu) - began
            figures = table(step.detector, test)
            print(
                f"  step {step.index + 1}: {spent / 60:.1f} minutes, AP {figures.ap:.3f}, AP50 {figures.ap50:.3f}",
                flush=True,
            )
            began = clock(on_gpu)
        final = step.detector
    spent += clock(on_gpu) - began
    figures = table(final, test)
    print(figures.table())
    unit = "GPU minutes" if on_gpu else "CPU minutes (one process)"
    print(f"AP {figures.ap:.3f}, AP50 {figures.ap50:.3f} in {spent / 60:.1f} {unit}; target AP50 {TARGET}: "
          f"{'met' if figures.ap50 >= TARGET else 'MISSED'}")  # fmt: skip
    return 0 if figures.ap50 >= TARGET else 1


def time_per_step(detector, batches: Batches, on_gpu: bool) -> float:
    """Seconds of one training step, from ten; the detector gets its weights back."""
    state = {name: tensor.clone() for name, tensor in detector.state_dict().items()}
    times = []
    began = clock(on_gpu)
    for _ in train(detector, batches, Recipe(steps=10)):
        times.append(clock(on_gpu) - began)
        began = clock(on_gpu)
    detector.load_state_dict(state)
    return sum(times[3:]) / len(times[3:])


if __name__ == "__main__":
    raise SystemExit(main())
