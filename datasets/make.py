"""Make the mini sets of this folder anew: ``python datasets/make.py``. Same seeds, same scenes."""

import shutil
from pathlib import Path

from locviz.data import Digits, Shapes, write_coco

HERE = Path(__file__).parent
SEED = 7
NUM_SCENES = {"train": 20, "test": 10}


def main() -> None:
    """Write shapes_mini and digits_mini beside this file, cards excepted."""
    for folder in ("shapes_mini", "digits_mini"):
        for part in ("images", "annotations"):
            shutil.rmtree(HERE / folder / part, ignore_errors=True)
    for split, num in NUM_SCENES.items():
        shapes = Shapes(level="crowded", split=split, num_scenes=num, seed=SEED, masks=True)
        write_coco(
            shapes,
            HERE / "shapes_mini",
            split=split,
            description="locviz shapes, level crowded (CC0)",
        )
        digits = Digits(split=split, num_scenes=num, seed=SEED, masks=True)
        write_coco(
            digits,
            HERE / "digits_mini",
            split=split,
            description="locviz digits (CC BY 4.0, see README.md)",
        )


if __name__ == "__main__":
    main()
