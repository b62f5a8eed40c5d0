"""AnchorLab's knobs: a design, two thresholds, and what is looked at; and what is refused."""

import traitlets

from locviz.widgets.anchorlab.box_set import BoxSet
from locviz.widgets.anchorlab.reading import Design
from locviz.widgets.anchorlab.wire import UserTraits
from locviz.widgets.core.knobs import KnobWidget, knob
from locviz.widgets.core.numbers import Numbers, Point, Ranged
from locviz.widgets.core.region import Box

DESIGN = ("scales", "ratios", "strides")
_MOST = 400_000  # anchors per image: more would not follow a drag


class AnchorKnobs(KnobWidget):
    """The knobs over a set of boxes, ``_set``, which a subclass gives before they are set."""

    declared = UserTraits
    _set: BoxSet

    scales = knob(
        Numbers(what="sides in strides"),
        "side of the square anchor in strides; at first the default design's.",
    )
    ratios = knob(
        Numbers(what="heights over widths"),
        "height over width; at first the default design's.",
    )
    strides = knob(
        Numbers(what="whole pixels per cell"),
        "pixels per cell, one per level that is on; at first the default design's.",
    )
    positive = knob(
        Ranged(0.5),
        "an anchor with at least this IoU is responsible for its ground truth; also where "
        "``recall`` is read.",
    )
    negative = knob(
        Ranged(0.4),
        "an anchor below it is background; between the two it is ignored.",
    )
    forced = knob(
        traitlets.Bool(False),
        "whether every ground truth also gets its best anchors, however low their IoU (RPN's "
        "second rule).",
    )
    image = knob(traitlets.Int(0), "which image is shown.")
    selected = knob(Ranged(0), "which of its boxes is the target, from 0.")
    target = knob(
        Box(),
        "``x1 y1 x2 y2`` in pixels, the ground truth that is dragged; at first the selected box.",
    )
    cell = knob(
        Point(None, allow_none=True),
        "x, y of a point; the anchors of the cells that hold it are drawn. None: the target's "
        "centre.",
    )
    level = knob(
        Ranged(None),
        "the level whose anchors are drawn, 0 the finest; None: the best anchor's.",
    )

    @property
    def num_images(self) -> int:
        """How many images there are."""
        return len(self._set.regions)

    @traitlets.validate("positive", "negative")
    def _check_threshold(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        both = {"positive": self.positive, "negative": self.negative, name: value}
        if both["negative"] > both["positive"]:
            raise traitlets.TraitError(
                f"AnchorLab.negative {both['negative']} must not be above positive "
                f"{both['positive']}: an anchor would be both; move first the one that makes room"
            )
        return value

    @traitlets.validate(*DESIGN)
    def _check_number(self, proposal):
        """Refuse a design with so many anchors that nothing would follow a drag."""
        name = proposal["trait"].name
        parts = {part: getattr(self, part) for part in DESIGN} | {name: proposal["value"]}
        design = Design.of(**parts)
        most = max(design.num_anchors(size) for size in set(self._set.sizes))
        if most > _MOST:
            raise traitlets.TraitError(
                f"AnchorLab.{name}: this design has {most:,} anchors in one image and at most "
                f"{_MOST:,} follow a drag: leave out the finest stride, or scales and ratios"
            )
        return proposal["value"]

    @traitlets.validate("image")
    def _check_image(self, proposal):
        if not 0 <= proposal["value"] < self.num_images:
            raise traitlets.TraitError(
                f"AnchorLab.image must be in 0..{self.num_images - 1}, got {proposal['value']}"
            )
        return proposal["value"]
