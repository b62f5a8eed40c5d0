import sys

import numpy as np
import pytest

from locviz.evaluate import evaluate, pycocotools_figures
from locviz.evaluate.reference import coco_json


def test_side_by_side(oracle):
    scene = oracle.random_scene(np.random.default_rng(3), num_images=10, num_classes=2, special=0.0)
    theirs = pycocotools_figures(*scene, num_classes=2)
    ours = evaluate(*scene, num_classes=2).figures
    assert list(theirs) == list(ours)
    assert theirs == pytest.approx(
        {name: -1.0 if np.isnan(value) else value for name, value in ours.items()}, abs=1e-9
    )


def test_the_json_loses_nothing(oracle):
    detections, targets = oracle.random_scene(np.random.default_rng(4), num_images=3, num_classes=2)
    dataset, results = coco_json(detections, targets, num_classes=2)
    boxes = np.array([a["bbox"] for a in dataset["annotations"]])
    corners = np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1)
    assert np.array_equal(corners, np.concatenate([t.boxes.double().numpy() for t in targets]))
    assert min(a["id"] for a in dataset["annotations"]) == 1
    assert len(results) == sum(len(d) for d in detections)


def test_without_pycocotools_the_error_says_what_to_install(oracle, monkeypatch):
    monkeypatch.setitem(sys.modules, "pycocotools.coco", None)
    scene = oracle.random_scene(np.random.default_rng(4), num_images=1, num_classes=2)
    with pytest.raises(ModuleNotFoundError, match="pip install pycocotools"):
        pycocotools_figures(*scene, num_classes=2)
