"""SSD's rule: every object gets a prior of its own, then every prior that overlaps one enough
joins.
"""

from typing import final

from locviz.assign.low_quality_matches import Force, force_bipartite
from locviz.assign.max_iou import MaxIoU
from locviz.types import Assignment, ImagePredictions, Priors, Targets


@final
class SSDRule:
    """Forced pairs first, then the threshold (https://arxiv.org/abs/1512.02325, section 2.2,
    "Matching strategy").

    A prior that is in no forced pair answers for the object that it overlaps best if the IoU is at
    least ``threshold``, and for background otherwise: nothing lies between.

    Laws: with ``force_bipartite`` every object that overlaps enough free priors has a prior of its
    own, however small it is; without forced pairs the answer is ``MaxIoU``'s with both thresholds
    equal.

    Args:
        threshold: IoU from which a prior joins.
        force: who gets what when two objects want the same prior. ``force_bipartite`` is the
            official code: the closest pair first, and the other object takes its next best.
            ``force_last_object`` is torchvision's ``SSDMatcher``: the object later in the list
            takes it, and the other may be left without.
    """

    def __init__(self, *, threshold: float = 0.5, force: Force = force_bipartite):
        if not 0 < threshold <= 1:
            raise ValueError(
                f"SSDRule.threshold must be an IoU above 0 and at most 1, got {threshold}"
            )
        self.threshold, self.force = threshold, force

    def __call__(
        self,
        priors: Priors,
        targets: Targets,
        predicted: ImagePredictions | None = None,
    ) -> Assignment:
        """Assign the priors of one image; what the network says is not looked at.

        Raises:
            ValueError: the targets are of another dimension than the priors.
        """
        return MaxIoU(positive=self.threshold, negative=self.threshold, force=self.force)(
            priors, targets
        )
