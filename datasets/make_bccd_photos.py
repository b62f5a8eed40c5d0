"""Make bccd_photos anew: ``python datasets/make_bccd_photos.py FOLDER``, the one that `locviz data
fetch bccd` fills.
"""

import shutil
import sys
from pathlib import Path

from locviz.data import VocDetection

HERE = Path(__file__).parent / "bccd_photos" / "images"
NUM_PHOTOS = 40  # 840 kB: more would weigh on every installation


def main(folder: str) -> None:
    """Copy the first photographs of the training list, byte for byte."""
    photographs = VocDetection(folder, split="train")
    shutil.rmtree(HERE, ignore_errors=True)
    HERE.mkdir(parents=True)
    for name in photographs.image_ids[:NUM_PHOTOS]:
        shutil.copyfile(Path(folder) / "JPEGImages" / f"{name}.jpg", HERE / f"{name}.jpg")


if __name__ == "__main__":
    main(sys.argv[1])
