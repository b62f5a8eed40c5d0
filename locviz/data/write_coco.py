"""Write any data set as a COCO folder, which ``CocoDetection`` and every COCO tool can read."""

import json
from pathlib import Path
from typing import Any

from locviz.data import masks as mask_format
from locviz.data.dataset import DetectionSet
from locviz.data.images import write_image
from locviz.types import Targets


def write_coco(
    dataset: DetectionSet, folder: str | Path, *, split: str, description: str = ""
) -> Path:
    """Write ``images/<split>/<number>.png`` and ``annotations/<split>.json``; return the path of
    the latter.

    Images are rounded to eight bits. Category ids are the labels plus one, as COCO counts. Law:
    reading it back gives the same boxes (to 1e-4 pixels), labels, areas, crowd flags, masks,
    keypoints and expressions.
    """
    folder = Path(folder)
    images, annotations = [], []
    for index in range(len(dataset)):
        image, targets = dataset[index]
        name = f"{index:06d}.png"
        write_image(folder / "images" / split / name, image)
        images.append(
            {"id": index, "file_name": name, "width": targets.size[1], "height": targets.size[0]}
        )
        annotations += [
            _annotation(targets, k, index, len(annotations) + k + 1) for k in range(len(targets))
        ]
    content = {
        "info": {"description": description},
        "images": images,
        "annotations": annotations,
        "categories": [
            {"id": label + 1, "name": name} for label, name in enumerate(dataset.class_names)
        ],
    }
    path = folder / "annotations" / f"{split}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n", encoding="utf-8")
    return path


def _annotation(targets: Targets, k: int, image_id: int, number: int) -> dict[str, Any]:
    assert targets.area is not None and targets.crowd is not None  # noqa: PT018  (Targets fills them in)
    x1, y1, x2, y2 = targets.boxes[k].double().tolist()
    entry = {
        "id": number,
        "image_id": image_id,
        "category_id": int(targets.labels[k]) + 1,
        "bbox": [round(value, 5) for value in (x1, y1, x2 - x1, y2 - y1)],
        "area": round(float(targets.area[k]), 4),
        "iscrowd": int(targets.crowd[k]),
    }
    if targets.masks is not None:
        entry["segmentation"] = mask_format.encode(targets.masks[k].numpy())
    if targets.keypoints is not None:
        entry["keypoints"] = [round(value, 3) for value in targets.keypoints[k].flatten().tolist()]
        entry["num_keypoints"] = int((targets.keypoints[k, :, 2] > 0).sum())
    if targets.text is not None:
        entry["text"] = targets.text[k]
    return entry
