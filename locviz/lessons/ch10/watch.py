"""What the live training of lesson 10 looks at: the order of the candidates, and AP."""

from functools import partial
from typing import Any, final

from locviz.evaluate import divergence, evaluate
from locviz.models import DenseDetector
from locviz.postprocess import SelectDense, class_probability
from locviz.train import predict


@final
class RankWatch:
    """Figures of a detector while it is trained, one entry per look: ``spearman`` is the mean over
    objects of the rank correlation of class probability and IoU, before suppression; ``ap`` is
    COCO's, with suppression.

    Args:
        detector: the one that is trained; it is looked at in evaluation mode and left as it was.
        scenes: held out; ``scenes[i]`` is (image, ``Targets``).
    """

    def __init__(self, detector: DenseDetector, scenes: Any):
        self.detector, self.scenes = detector, scenes
        self.spearman: list[float] = []
        self.ap: list[float] = []

    def look(self) -> None:
        """Measure now."""
        truths = [self.scenes[index][1] for index in range(len(self.scenes))]
        before = SelectDense(score=class_probability, nms_threshold=1.0, max_detections=10_000)
        after = SelectDense(score=class_probability)
        self.spearman.append(divergence(self._found(before), truths).mean)
        self.ap.append(
            evaluate(self._found(after), truths, num_classes=len(self.scenes.class_names)).ap
        )

    def _found(self, select: SelectDense):
        detect = partial(self.detector.detect, postprocess=select)
        return predict(self.detector, self.scenes, batch_size=50, detect=detect)
