"""The oldest rule: a prior is responsible for the object that it overlaps best, if enough."""

from typing import final

import torch

from locviz.assign.best_overlaps import best_overlaps
from locviz.assign.comparable import comparable
from locviz.assign.low_quality_matches import Force, force_best_ties, no_force
from locviz.assign.set_aside import ignore_set_aside, in_original, taking_part
from locviz.types import BACKGROUND, IGNORE, Assignment, ImagePredictions, Priors, Targets


@final
class MaxIoU:
    """Two thresholds on a prior's IoU with its best object, and a rule for objects without a prior.

    Let o be the highest IoU of a prior. The prior is responsible for that object if
    ``o >= positive`` (for the first among equals); it is ``BACKGROUND`` if ``o < negative``, and
    ``IGNORE`` in between. Then ``force`` adds positives for objects that no prior overlaps enough.

    Laws: without ``force`` no prior below ``positive`` is positive; raising ``positive`` never adds
    a positive; scaling priors and boxes together changes nothing. The assignment is that of
    torchvision's ``Matcher``, wherever every object overlaps a prior.

    Args:
        positive: IoU from which a prior is positive.
        negative: IoU below which it is background; at most ``positive``.
        force: ``no_force``, ``force_best_ties``, ``ForceOwnBest(...)``, ``force_bipartite``,
            ``force_last_object`` or one of your own.

    Papers: Faster R-CNN, https://arxiv.org/abs/1506.01497, section 3.1.2; Fast R-CNN, arXiv
    1504.08083, section 2.3. Chapters 04 and 07.
    """

    def __init__(self, *, positive: float = 0.5, negative: float = 0.4, force: Force = no_force):
        if not 0 < negative <= positive <= 1:
            raise ValueError(
                f"MaxIoU needs 0 < negative <= positive <= 1, got negative {negative}, positive {positive}"
            )
        self.positive, self.negative, self.force = positive, negative, force

    def __call__(
        self, priors: Priors, targets: Targets, predicted: ImagePredictions | None = None
    ) -> Assignment:
        """Assign the priors of one image; predictions play no part.

        Raises:
            ValueError: the targets are of another dimension than the priors.
        """
        targets = comparable(targets, priors.regions, "priors.regions")
        part = taking_part(targets)
        if not len(part) or not len(priors):
            gt_index = torch.full((len(priors),), BACKGROUND, device=priors.regions.device)
            return Assignment(ignore_set_aside(gt_index, priors.centers, targets))
        overlaps = best_overlaps(priors.regions, targets.boxes[part])
        # In this order: negative <= positive, so the second line takes over a part of the first's.
        gt_index = torch.where(overlaps.best < self.positive, IGNORE, overlaps.index)
        gt_index[overlaps.best < self.negative] = BACKGROUND
        forced, objects = self.force(overlaps)
        gt_index[forced] = objects
        return Assignment(ignore_set_aside(in_original(gt_index, part), priors.centers, targets))


def rpn_rule() -> MaxIoU:
    """Faster R-CNN's first stage: 0.7 and 0.3, and every object's best anchors (section 3.1.2).

    In training the first code also left out the anchors that cross the image's border:
    ``InsideImage(rpn_rule())``.
    """
    return MaxIoU(positive=0.7, negative=0.3, force=force_best_ties)


def roi_rule() -> MaxIoU:
    """The second stage, and Fast R-CNN: one threshold of 0.5, nothing ignored, nothing forced.

    That is how torchvision and detectron2 have it. Fast R-CNN's own code took only regions with an
    IoU of at least 0.1 as background, as a cheap way to find hard negatives.
    """
    return MaxIoU(positive=0.5, negative=0.5)


def retinanet_rule() -> MaxIoU:
    """RetinaNet: 0.5 and 0.4 (https://arxiv.org/abs/1708.02002, section 4).

    Like detectron2 and torchvision, and unlike the paper's text, it also forces the best anchors of
    every object, however little they overlap it. (The authors' code forces them too, but makes
    background of those below 0.4 afterwards.)
    """
    return MaxIoU(positive=0.5, negative=0.4, force=force_best_ties)
