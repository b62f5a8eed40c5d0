"""Cells that show each widget once, for browser tests of what all of them share."""

SETUP = """
import time, torch, locviz
from torch import nn
from locviz.course import Quiz
from locviz.train import Step
from locviz.types import Detections
from locviz.widgets import AnchorLab, APLab, AssignLab, BoxLab, FocalLab, Monitor, NMSLab, QueryLab, RoILab
data = locviz.data.Shapes(level="crowded", split="test", num_scenes=4)
images, targets = zip(*(data[i] for i in range(4)))
detections = [Detections(boxes=t.boxes + 2, labels=t.labels, scores=torch.linspace(0.3, 0.9, len(t))) for t in targets]
class Blind(nn.Module):
    def detect(self, images):
        none = torch.zeros(0)
        return [Detections(boxes=none.reshape(0, 4), labels=none.long(), scores=none) for _ in images]
def run(blind=Blind()):
    for i in range(100_000):
        time.sleep(0.01)
        yield Step(i, 100_000, {"box": 1 / (i + 1)}, 1 / (i + 1), 1e-3, 1.0, 0.01, 0.0, blind)
monitor = Monitor(scenes=[data[i] for i in range(4)], class_names=data.class_names)
"""
# By the selector of its root.
WIDGETS = {
    ".locviz-boxlab": "BoxLab(target=[90, 80, 210, 200], prediction=[170, 135, 310, 235])",
    ".locviz-anchorlab": "AnchorLab(boxes=list(targets), images=list(images))",
    ".locviz-assignlab": "AssignLab.replay(assigner='ota', second='atss')",
    ".locviz-roilab": "RoILab()",
    ".locviz-aplab": "APLab(detections=detections, targets=list(targets), images=list(images), "
    "class_names=data.class_names)",
    ".locviz-focallab": "FocalLab()",
    ".locviz-nmslab": "NMSLab()",
    ".locviz-querylab": "QueryLab.of(locviz.models.deformable_detr_tiny(6), images[0], targets[0], "
    "class_names=data.class_names)",
    ".locviz-monitor": "monitor",
}
