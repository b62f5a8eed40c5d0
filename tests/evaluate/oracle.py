"""pycocotools as an oracle, and random scenes to ask it about."""

import numpy as np
import torch

from locviz.evaluate.reference import coco_json, run_pycocotools
from locviz.types import Detections, Targets


def pycocotools_evaluation(detections, targets, num_classes):
    """COCOeval after accumulate and summarize. ``ignore`` is honoured, which its ``_prepare``
    forgets to do.
    """
    from pycocotools.cocoeval import COCOeval

    ignored = torch.cat([target.ignore for target in targets]).tolist()

    class Honest(COCOeval):
        def _prepare(self):
            super()._prepare()
            for annotations in self._gts.values():
                for annotation in annotations:
                    annotation["ignore"] = annotation["ignore"] or ignored[annotation["id"] - 1]

    return run_pycocotools(
        *coco_json(detections, targets, num_classes=num_classes), evaluator=Honest
    )


def random_scene(
    rng, *, num_images, num_classes, max_gts=8, max_dets=20, size=200.0, ties=False, special=0.2
):
    """Ground truths of all sizes, some crowd, some ignored; detections that are jittered copies,
    and noise.
    """
    targets, detections = [], []
    for _ in range(num_images):
        num_gts = int(rng.integers(0, max_gts + 1))
        gts = _boxes(rng, num_gts, size)
        labels = rng.integers(
            0, max(1, num_classes - 1), num_gts
        )  # the last class has no ground truth
        # The annotation's area is a mask's: less than the box's, sometimes in another size range.
        area = np.prod(gts[:, 2:] - gts[:, :2], axis=1) * rng.uniform(0.3, 1.0, num_gts)
        targets.append(
            Targets(
                torch.tensor(gts, dtype=torch.float32), torch.tensor(labels), (int(size), int(size)),
                area=torch.tensor(area, dtype=torch.float32), crowd=torch.tensor(rng.random(num_gts) < special / 2),
                ignore=torch.tensor(rng.random(num_gts) < special / 2),
            )
        )  # fmt: skip
        num_dets = int(rng.integers(0, max_dets + 1))
        found, found_labels = _boxes(rng, num_dets, size), rng.integers(0, num_classes, num_dets)
        if num_gts:
            copied = rng.random(num_dets) < 0.7
            source = rng.integers(0, num_gts, num_dets)
            jitter = rng.normal(0, 0.08, (num_dets, 4)) * np.tile(
                gts[source, 2:] - gts[source, :2], 2
            )
            exact = rng.random(num_dets) < 0.1
            jittered = np.where(exact[:, None], gts[source], gts[source] + jitter)
            corners = np.sort(jittered.reshape(-1, 2, 2), axis=1).reshape(-1, 4)
            found[copied], found_labels[copied] = corners[copied], labels[source][copied]
        scores = rng.random(num_dets)
        if ties:
            scores = np.round(scores * 4) / 4
            found = np.round(found / 8) * 8
        detections.append(
            Detections(
                torch.tensor(found, dtype=torch.float32), torch.tensor(scores, dtype=torch.float32),
                torch.tensor(found_labels),
            )
        )  # fmt: skip
    return detections, targets


def _boxes(rng, num, size):
    low = rng.uniform(0, size * 0.7, (num, 2))
    extent = np.exp(rng.uniform(np.log(4), np.log(size * 0.9), (num, 2)))
    return np.concatenate([low, low + extent], axis=1)
