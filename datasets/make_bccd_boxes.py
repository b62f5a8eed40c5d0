"""Make bccd_boxes anew: ``python datasets/make_bccd_boxes.py FOLDER``, the one that `locviz data
fetch bccd` fills.
"""

import json
import sys
from pathlib import Path

from locviz.data import VocDetection

HERE = Path(__file__).parent / "bccd_boxes"


def main(folder: str) -> None:
    """Write the boxes of every list, without the pictures."""
    content: dict = {"splits": {}}
    for split in ("train", "val", "test"):
        photographs = VocDetection(folder, split=split)
        content["class_names"] = list(photographs.class_names)
        content["splits"][split] = [
            {"size": list(t.size), "boxes": t.boxes.int().tolist(), "labels": t.labels.tolist()}
            for t in (photographs.targets(i) for i in range(len(photographs)))
        ]
    (HERE / "boxes.json").write_text(json.dumps(content, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
