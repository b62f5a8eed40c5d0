"""``locviz train``: train a detector on a COCO or VOC folder or a named set.

The run's folder holds ``run.json`` (the options), ``checkpoint.pt`` (to resume from),
``losses.csv``, and at the end ``model.safetensors`` with its card ``model.json`` and
``predictions.png``.
"""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

from locviz.cli.eval import (
    check_classes,
    measure_folder,
    open_split,
    positive,
    report,
    whole_number,
    write_picture,
)
from locviz.cli.listing import list_below, preset_lines
from locviz.data import Batches, DetectionSet

# The options that must be the same when a run is resumed.
SETTINGS = ("preset", "data", "split", "steps", "batch_size", "lr", "seed", "image_size", "flip")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``locviz train``."""
    list_below(parser, "presets, by system", preset_lines())
    parser.add_argument("preset", help="one of those below; a tiny one is for small images")
    parser.add_argument(
        "--data", required=True, help="a COCO or VOC folder, a COCO JSON file, or a data set's name"
    )
    parser.add_argument("--split", default="train", help="split to train on (default: train)")
    parser.add_argument(
        "--eval-split", help="split to evaluate on (default: test, else val; none: train)"
    )
    parser.add_argument(
        "--steps", type=positive, default=1000, metavar="N", help="optimiser steps (default: 1000)"
    )
    parser.add_argument(
        "--batch-size", type=positive, default=16, metavar="N", help="images per step (default: 16)"
    )
    parser.add_argument(
        "--lr", type=float, default=2e-3, help="peak learning rate of AdamW (default: 0.002)"
    )
    parser.add_argument(
        "--seed", type=seed, default=0, metavar="N", help="of weights and batches (default: 0)"
    )
    parser.add_argument(
        "--image-size", type=positive, metavar="N", help="resize the shorter side to N pixels"
    )
    parser.add_argument(
        "--flip",
        action="store_true",
        help="mirror half of the training images (not for digits or text)",
    )
    parser.add_argument(
        "--out",
        default="runs/last",
        metavar="FOLDER",
        help="where the run goes (default: runs/last)",
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on with the run in --out, exactly as if never stopped",
    )


def seed(text: str) -> int:
    """A number that torch can be seeded with, for argparse."""
    return whole_number(text, 0, 2**63 - 1)


def run(args: argparse.Namespace) -> int:
    """Train, evaluate, write; return 0 when done, and 130 when interrupted (the message tells how
    to go on).
    """
    from locviz.train import Recipe, device

    recipe = Recipe(
        steps=args.steps, lr=args.lr, seed=args.seed, warmup_steps=min(100, args.steps // 10),
        # Often enough that Ctrl-C loses little, seldom enough that writing takes hardly any time.
        checkpoint_every=min(200, max(1, args.steps // 10)),
    )  # fmt: skip
    card = _card(args)
    folder = _folder(args)
    dataset = open_split(args.data, args.split)
    held_out, split = _held_out(args, dataset)
    card = _with_classes(card, dataset)
    detector = _seeded(card, args.seed)
    _write_json(folder / "run.json", _settings(args))
    parameters = sum(p.numel() for p in detector.parameters())
    print(
        f"{args.preset}, {parameters:,} parameters, on {device()}: {len(dataset)} images of {args.data}, {args.split}"
    )

    steps_done = _fit(detector, Batches(dataset, batch_size=args.batch_size, seed=args.seed, transform=_flip(args)),
                      recipe, folder, resume=args.resume)  # fmt: skip
    if steps_done < recipe.steps:
        saved = (folder / "checkpoint.pt").is_file()
        how = (
            "with --resume goes on from the last checkpoint"
            if saved
            else "starts again: there is no checkpoint yet"
        )
        print(f"stopped after step {steps_done}; the same command {how}")
        return 130
    _finish(detector, card, recipe, args, held_out, split, folder)
    return 0


def _card(args: argparse.Namespace):
    """A card without classes. A wrong preset is noticed here, before any data are read."""
    from locviz.checkpoints import WeightsCard
    from locviz.models import PRESETS

    if args.preset not in PRESETS:
        raise ValueError(f"unknown preset {args.preset!r}: choose one of {', '.join(PRESETS)}")
    return WeightsCard(
        preset=args.preset, class_names=(), image_size=args.image_size, data=str(args.data)
    )


def _with_classes(card, dataset: DetectionSet):
    from dataclasses import replace

    if not dataset.class_names:
        raise ValueError(
            f"{card.data} has no classes, so there is nothing to learn: check its annotations"
        )
    return replace(card, class_names=tuple(dataset.class_names))


def _seeded(card, seed: int):
    import torch

    torch.manual_seed(seed)
    return card.build()


def _settings(args: argparse.Namespace) -> dict:
    return {name: getattr(args, name) for name in SETTINGS}


def _folder(args: argparse.Namespace) -> Path:
    """The run's folder: a new one, or with --resume one that holds the same run.

    Raises:
        ValueError: it holds a run and --resume was not given, or it holds a run with other options.
        FileNotFoundError: --resume was given, but there is nothing to resume.
    """
    folder = Path(args.out)
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"--out {folder} is a file: name a folder")
    # A run that stopped before its first checkpoint has nothing to lose, so it may start again.
    begun = (folder / "checkpoint.pt").is_file()
    if not args.resume:
        if begun or (folder / "model.safetensors").exists():
            raise ValueError(
                f"{folder} already holds a run: give --resume to go on with it, or another --out"
            )
        return folder
    if not begun:
        raise FileNotFoundError(
            f"{folder} has no checkpoint to resume from: start without --resume"
        )
    before = _settings_of(folder / "run.json")
    for name, value in _settings(args).items():
        if before.get(name) != value:
            raise ValueError(
                f"the run in {folder} had --{name.replace('_', '-')} {before.get(name)}, this command has {value}: "
                "resume with the same options, or start another run with --out"
            )
    return folder


def _settings_of(path: Path) -> dict:
    try:
        before = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(
            f"{path} cannot be read ({error}): start another run with --out"
        ) from error
    if not isinstance(before, dict):
        raise ValueError(
            f"{path} does not hold the settings of a run: start another run with --out"
        )
    return before


def _held_out(args: argparse.Namespace, dataset: DetectionSet) -> tuple[DetectionSet, str]:
    """What to evaluate on: the split asked for, otherwise test, otherwise val, otherwise the
    training images, which is printed as a warning.
    """
    for split in [args.eval_split] if args.eval_split else ["test", "val"]:
        try:
            found = open_split(args.data, split)
        except FileNotFoundError:
            if args.eval_split:
                raise
            continue
        if found.class_names == dataset.class_names and not Path(args.data).is_file():
            return found, split
        if args.eval_split:
            check_classes(dataset.class_names, found.class_names, f"split {split}")
            return found, split
        if found.class_names != dataset.class_names:
            print(f"split {split} is not used: its classes are {', '.join(found.class_names)}")
    print("no held-out split found: the figures below are of the training images, and flatter")
    return dataset, args.split


def _flip(args: argparse.Namespace):
    if not args.flip:
        return None
    from torchvision.transforms import v2

    from locviz.data.transforms import Augmentation

    return Augmentation(v2.RandomHorizontalFlip())


def _fit(detector, batches: Batches, recipe, folder: Path, *, resume: bool) -> int:
    """Run the loop with a progress bar and a log; return the number of steps done, fewer when
    interrupted.
    """
    from tqdm import tqdm

    from locviz.train import Checkpoint, train

    checkpoint = folder / "checkpoint.pt"
    done = Checkpoint.load(checkpoint).step if resume else 0
    bar = tqdm(initial=done, total=recipe.steps, desc="train", unit="step", disable=None)
    try:
        rows = _rows_until(done, folder / "losses.csv")
        with open(folder / "losses.csv", "w", encoding="utf-8") as log:
            log.writelines(rows)
            for step in train(detector, batches, recipe, checkpoint=checkpoint, resume=resume):
                done = step.index + 1
                bar.update()
                bar.set_postfix(loss=f"{step.total:.3f}", lr=f"{step.lr:.1e}")
                log.write(_row([done, step.total, step.lr, *step.losses.values()]))
    except KeyboardInterrupt:
        pass  # an ordinary way to end a run; the caller prints how to go on
    except FloatingPointError as error:
        raise ValueError(f"the run diverged at {error}") from error
    finally:
        bar.close()
    return done


def _rows_until(step: int, log: Path) -> list[str]:
    """The rows of an earlier run up to its checkpoint; the steps after it are run again."""
    lines = (
        log.read_text(encoding="utf-8").splitlines(keepends=True) if step and log.is_file() else []
    )
    return [
        line for line in lines if line.split(",")[0].isdigit() and int(line.split(",")[0]) <= step
    ]


def _row(values: Iterable[int | float]) -> str:
    return ",".join(f"{value:.6g}" for value in values) + "\n"


def _finish(detector, card, recipe, args, dataset: DetectionSet, split: str, folder: Path) -> None:
    from dataclasses import replace

    from locviz.checkpoints import save_detector

    evaluation, found = measure_folder(detector, dataset, batch_size=args.batch_size)
    print(report(evaluation))
    measured = {
        "AP": round(evaluation.ap, 4),
        "AP50": round(evaluation.ap50, 4),
        "on": f"{args.data}, {split}",
    }
    recipe = {**recipe.as_dict(), "batch_size": args.batch_size}
    save_detector(detector, replace(card, recipe=recipe, measured=measured), folder / "model")
    write_picture(folder / "predictions.png", dataset, found)
    print(f"run: {folder} (model.safetensors, model.json, predictions.png, losses.csv)")


def _write_json(path: Path, content: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
