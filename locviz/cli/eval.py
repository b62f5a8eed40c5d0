"""``locviz eval``: how good a trained detector is on a data set."""

import argparse
from pathlib import Path

from locviz.cli.listing import list_below, weight_lines
from locviz.data import DetectionSet, open_dataset, summary
from locviz.evaluate import Evaluation, evaluate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``locviz eval``."""
    list_below(parser, "weights that ship, by system", weight_lines())
    parser.add_argument(
        "weights",
        help="a run's folder, a .safetensors file with its card, or the name of shipped ones",
    )
    parser.add_argument(
        "--data", required=True, help="a COCO or VOC folder, a COCO JSON file, or a data set's name"
    )
    parser.add_argument("--split", default="test", help="which split of it (default: test)")
    parser.add_argument(
        "--batch-size", type=positive, default=16, metavar="N", help="images per call (default: 16)"
    )
    parser.add_argument("--limit", type=positive, metavar="N", help="only the first N images")
    parser.add_argument(
        "--picture",
        metavar="FILE",
        help="write the first images with their detections (.png, .svg)",
    )


def run(args: argparse.Namespace) -> int:
    """Load the detector, detect, print the tables; return 0 if that worked."""
    from locviz.train import device

    detector, card = find_detector(args.weights)
    dataset = open_split(args.data, args.split)
    check_classes(card.class_names, dataset.class_names, args.data)
    detector.to(device())
    evaluation, found = measure_folder(
        detector, dataset, batch_size=args.batch_size, limit=args.limit
    )
    print(report(evaluation))
    if args.picture:
        write_picture(args.picture, dataset, found)
        print(f"picture: {args.picture}")
    return 0


def find_detector(name: str):
    """The detector and card of a run's folder, of a file, or of shipped weights.

    Raises:
        FileNotFoundError: ``name`` is none of the three; the message lists what was tried.
    """
    from locviz.checkpoints import load_detector, load_shipped, shipped

    path = Path(name)
    if path.is_dir():
        if not (path / "model.safetensors").is_file():
            raise FileNotFoundError(
                f"{path} holds no model.safetensors: is it the folder of a run that finished? "
                "(the command that started it, with --resume, finishes it)"
            )
        return load_detector(path / "model")
    if path.suffix == ".safetensors" or path.with_name(path.name + ".safetensors").is_file():
        return load_detector(path)
    names = list(shipped())
    if name in names:
        return load_shipped(name)
    raise FileNotFoundError(
        f"{name!r} is neither a run's folder nor a .safetensors file nor shipped weights ({', '.join(names)})"
    )


def open_split(data: str, split: str) -> DetectionSet:
    """Open a split and print what was wrong with its boxes.

    Raises:
        ValueError: it has no images.
    """
    dataset = open_dataset(data, split=split)
    if not len(dataset):
        raise ValueError(f"{data}, split {split!r}, has no images: choose another with --split")
    problems = getattr(dataset, "report", ())
    if problems:
        print(f"{data}, {split}: {summary(problems)}")
    return dataset


def check_classes(trained: tuple[str, ...], found: tuple[str, ...], data: str) -> None:
    """Raise unless the data has the classes, in the order, that the detector was trained for."""
    if tuple(trained) != tuple(found):
        raise ValueError(
            f"the detector knows the classes {', '.join(trained)}, but {data} has {', '.join(found)}: "
            "evaluate on data with the same classes in the same order"
        )


def measure_folder(detector, dataset: DetectionSet, *, batch_size: int, limit: int | None = None):
    """Detect in the first ``limit`` images (all if None), with a progress bar; return the
    evaluation and detections.
    """
    from tqdm import tqdm

    from locviz.train import predict

    num = len(dataset) if limit is None else min(limit, len(dataset))
    shown = tqdm(range(num), desc="detect", unit="image", leave=False, disable=None)
    images = _Watched(dataset, num, shown)
    found = predict(detector, images, batch_size=batch_size)
    shown.close()
    targets = images.targets
    return evaluate(
        found, targets, num_classes=len(dataset.class_names), class_names=dataset.class_names
    ), found


class _Watched:
    """The first images of a data set. It moves a progress bar and keeps the targets, so that no
    image is read twice.
    """

    def __init__(self, dataset: DetectionSet, num: int, bar):
        self.dataset, self.num, self.bar, self.targets = dataset, num, bar, []

    def __len__(self) -> int:
        return self.num

    def __getitem__(self, index: int):
        image, targets = self.dataset[index]
        self.bar.update()
        self.targets.append(targets)
        return image, targets


def report(evaluation: Evaluation) -> str:
    """The table of the classes and COCO's twelve figures, as text."""
    figures = "  ".join(f"{name} {value:.3f}" for name, value in evaluation.figures.items())
    return f"{evaluation.table()}\n{figures}"


def write_picture(path: str | Path, dataset: DetectionSet, found, *, num: int = 6) -> None:
    """Write the first images with ground truth and detections; matplotlib loads here."""
    from locviz.viz import show_boxes

    samples = [dataset[index] for index in range(min(num, len(found)))]
    picture = show_boxes(
        [image for image, _ in samples],
        [targets for _, targets in samples],
        found[: len(samples)],
        class_names=dataset.class_names,
        # With a lower limit, an object's second-best classes would cover the name of its best.
        min_score=0.5,
    )
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)


def positive(text: str) -> int:
    """A whole number of at least one, for argparse."""
    return whole_number(text, 1, 2**31 - 1)


def whole_number(text: str, least: int, most: int) -> int:
    """A whole number of a range, for argparse. The digits are counted first, because ``int`` raises
    for thousands of them.
    """
    if not text.isascii() or not text.isdigit() or len(text) > 20 or not least <= int(text) <= most:
        raise argparse.ArgumentTypeError(
            f"must be a whole number of at least {least} and at most {most}, got {text[:40]!r}"
        )
    return int(text)
