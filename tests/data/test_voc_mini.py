"""The committed VOC files say what the generator drew, up to VOC's whole pixels."""

from pathlib import Path

import torch

from locviz.boxes import iou
from locviz.data import Shapes, VocDetection

FOLDER = Path(__file__).resolve().parents[2] / "datasets" / "voc_mini"


def test_the_files_hold_the_drawn_scenes_with_every_edge_rounded_outwards():
    read, drawn = (
        VocDetection(FOLDER, split="test"),
        Shapes(level="crowded", split="test", num_scenes=3, seed=11),
    )
    assert len(read) == 3
    for (image, targets), (original, truth) in zip(read, drawn, strict=True):
        assert (image - original).abs().mean() < 0.03  # JPEG
        names = [read.class_names[label] for label in targets.labels]
        assert names == [drawn.class_names[label] for label in truth.labels]
        outwards = (truth.boxes - targets.boxes) * torch.tensor([1.0, 1.0, -1.0, -1.0])
        assert ((outwards >= 0) & (outwards < 1)).all()
        assert (iou(targets.boxes, truth.boxes) > 0.7).all()


def test_the_spoilt_box_is_reported_and_skipped():
    (problem,) = VocDetection(FOLDER, split="test").report
    assert str(problem) == "scene_02: box (40, 40, 40, 40) has no area: skipped"
