"""SSD's rule: every object gets a prior of its own, then all priors that overlap it enough."""

from typing import final

from locviz.assign.low_quality_matches import Force, force_bipartite
from locviz.assign.max_iou import MaxIoU
from locviz.types import Assignment, ImagePredictions, Priors, Targets


@final
class SSDRule:
    """Forced pairs first, then one threshold (https://arxiv.org/abs/1512.02325, section 2.2).

    A prior that is in no forced pair is responsible for the object that it overlaps best if the IoU
    is at least ``threshold``. Otherwise it is background: no prior is ignored.

    Laws: with ``force_bipartite`` every object that overlaps enough free priors has a prior of its
    own, however small it is; without forced pairs the assignment is that of ``MaxIoU`` with both
    thresholds equal.

    Args:
        threshold: IoU from which a prior is positive.
        force: which pairs are forced when two objects have the same best prior.
            ``force_bipartite`` is the official code: the pair of higher IoU first, and the other
            object takes its next best. ``force_last_object`` is torchvision's ``SSDMatcher``: the
            later object in the list takes it, and the other may get none.
    """

    def __init__(self, *, threshold: float = 0.5, force: Force = force_bipartite):
        if not 0 < threshold <= 1:
            raise ValueError(
                f"SSDRule.threshold must be an IoU above 0 and at most 1, got {threshold}"
            )
        self.threshold, self.force = threshold, force

    def __call__(
        self, priors: Priors, targets: Targets, predicted: ImagePredictions | None = None
    ) -> Assignment:
        """Assign the priors of one image; predictions play no part.

        Raises:
            ValueError: the targets are of another dimension than the priors.
        """
        return self.as_max_iou()(priors, targets)

    def as_max_iou(self) -> MaxIoU:
        """The same rule as a ``MaxIoU``, whose two thresholds are equal."""
        return MaxIoU(positive=self.threshold, negative=self.threshold, force=self.force)
