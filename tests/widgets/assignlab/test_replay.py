import pytest
import torch

from locviz.models import fcos_tiny
from locviz.types import Targets
from locviz.widgets import AssignLab
from locviz.widgets.assignlab import Replay


def truth(*rows, size=(64, 64), labels=None):
    boxes = torch.tensor(rows, dtype=torch.float32).reshape(-1, 4)
    named = torch.tensor(labels or [0] * len(boxes), dtype=torch.int64)
    return Targets(boxes=boxes, labels=named, size=size)


@pytest.fixture
def two():
    """Two objects side by side, two classes."""
    return truth([8, 8, 24, 24], [36, 8, 60, 40], labels=[0, 1])


def test_the_replay_that_ships():
    replay = Replay.load("fcos_tiny-shapes-crowded")
    assert replay.steps == (0, 50, 150, 400, 800, 1200)
    assert len(replay.targets) == 4
    assert replay.logits.shape == (6, 4, 756, 6)
    assert (
        replay.about["measured"]["AP50"]["0"]
        < 0.05
        < 0.7
        < replay.about["measured"]["AP50"]["1200"]
    )
    with pytest.raises(ValueError, match="fcos_tiny-shapes-crowded"):
        Replay.load("nothing")


def test_a_replay_survives_the_disk(tmp_path, two):
    made = Replay.synthetic([two], class_names=["a", "b"])
    again = Replay.load(made.save(tmp_path / "one"))
    assert again.steps == made.steps
    assert torch.equal(again.targets[0].boxes, two.boxes)
    assert again.regions == pytest.approx(made.regions, abs=0.05)
    assert again.priors.levels == made.priors.levels
    (tmp_path / "one.safetensors").write_bytes(b"short")
    with pytest.raises(ValueError, match="damaged"):
        Replay.load(tmp_path / "one.safetensors")
    with pytest.raises(FileNotFoundError, match="no replay"):
        Replay.load(tmp_path / "two.safetensors")


def test_from_a_live_detector():
    """Predictions, priors and boxes are those of the detector itself, in the pixels of the image as
    it was given.
    """
    torch.manual_seed(0)
    detector = fcos_tiny(2).eval()
    image, target = torch.rand(3, 64, 64), truth([8, 8, 24, 24], [36, 8, 60, 40], labels=[0, 1])
    lab = AssignLab.from_detector(detector, image, target, assigner="simota")
    with torch.no_grad():
        said = detector([image])
    assert lab.predictions.logits == pytest.approx(said.logits[0], abs=1e-6)
    assert lab.predictions.regions == pytest.approx(detector.regions(said)[0], abs=1e-4)
    assert lab.assigner == "simota"
    assert sum(lab.positives) > 0


def test_made_up_predictions_get_better(two):
    lab = AssignLab(targets=two, assigner="task_aligned")
    worst = [
        float(lab._replay.predicted(step, 0).regions.sub(two.boxes[0]).abs().sum(1).min())
        for step in range(4)
    ]
    assert worst[0] > worst[-1]


def test_labels_and_names_beyond_the_classes_are_told(two):
    image = torch.rand(3, 64, 64)
    with pytest.raises(ValueError, match=r"labels of image 0 must be in 0\.\.0, got 0\.\.1"):
        AssignLab.from_detector(fcos_tiny(1), image, two)
    with pytest.raises(ValueError, match="class_names has 2 names, but the logits have 3 columns"):
        AssignLab.from_detector(fcos_tiny(3), image, two, class_names=["a", "b"])
