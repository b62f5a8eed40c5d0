"""RoILab: drag a region over a feature map; RoIPool rounds it, RoIAlign samples it.

Chapters 04 and 12.
"""

from typing import Any

import traitlets
from jaxtyping import Float
from torch import Tensor

from locviz.widgets.core.base import bundle, kernel_owned, user_owned
from locviz.widgets.core.knobs import KnobWidget, knob
from locviz.widgets.core.numbers import Choice, Ranged
from locviz.widgets.core.picture import Number, StaticPicture
from locviz.widgets.core.region import Box, moved
from locviz.widgets.roilab.messages import features_message, pooled_message
from locviz.widgets.roilab.picture import draw
from locviz.widgets.roilab.reading import FUNCTIONS, PooledRegion, feature_map, pool_region
from locviz.widgets.roilab.wire import UserTraits

_LARGEST = 16  # cells on a side: a larger map cannot show its values


class RoILab(KnobWidget):
    """A region on a small feature map: RoIPool's rounding beside RoIAlign's sample points.

    The corners of the region may be fractions. The map is a known function of the place, so the
    average over every bin has a closed form: ``exact``. What the layers return instead, by
    ``locviz.layers.RoIPool`` and ``RoIAlign``, is ``pool`` and ``align``.

    Args:
        size: (h, w) of the map in cells, at most 16 by 16; fixed.
        scale: 1.5 reads well on a projector.

    Attributes:
        exact, pool, align: (n, n) tensors, the exact averages and what the two layers return.
        errors: mean absolute error, ``{"pool": .., "align": .., "rounding": ..}``; ``"rounding"``
            is the exact average over RoIPool's rounded bins, so what its rounding alone costs,
            without the maximum.
        misalignment: ``{"pool": .., "align": ..}``, in pixels of the image: how far the middle of
            what a layer looks at lies from the middle of its bin, in the worst bin.
        history: every state, with ``errors`` and ``misalignment``.

    Headless: ``lab.drag("region", dx, dy)`` in pixels of the image, also ``part="top left
    corner"``; ``reset()``, ``snapshot()``.

    Raises:
        TypeError: an unknown keyword.
        traitlets.TraitError: a bad value; the message says what to give.
    """

    _esm = bundle("roilab")
    declared = UserTraits

    region = knob(
        Box(), "``x1 y1 x2 y2`` in pixels of the image, which is the map's (h, w) times ``stride``."
    )
    output_size = knob(Ranged(3), "bins on each axis.")
    sampling_ratio = knob(
        Ranged(2),
        "RoIAlign's samples per bin and axis; 0 takes one per cell that a bin spans.",
    )
    aligned = knob(
        traitlets.Bool(True),
        "whether RoIAlign subtracts the half pixel. False is its first release and torchvision's "
        "default.",
    )
    function = knob(Choice(list(FUNCTIONS)), "what the map holds, of ``roilab.reading.FUNCTIONS``.")
    stride = knob(
        Ranged(16),
        "pixels of the image per cell of the map; changing it scales ``region`` along.",
    )
    size = user_owned(traitlets.List(traitlets.Int(), default_value=[8, 10], minlen=2, maxlen=2))

    functions = kernel_owned(traitlets.List(list(FUNCTIONS)))
    features = kernel_owned(traitlets.Dict())
    result = kernel_owned(traitlets.Dict())

    def __init__(self, **traits: Any):
        if "size" in traits:
            traits["size"] = list(traits["size"])
        super().__init__(**traits)
        self._begin()

    @traitlets.default("region")
    def _default_region(self):
        height, width = (cells * self.stride for cells in self.size)
        return [
            round(share * side, 1)
            for share, side in zip((0.14, 0.17, 0.69, 0.71), [width, height] * 2, strict=True)
        ]

    @property
    def image_size(self) -> tuple[float, float]:
        """(h, w) of the image that the map stands for, in pixels."""
        height, width = self.size
        return float(height * self.stride), float(width * self.stride)

    # Values that are refused

    @traitlets.validate("size")
    def _check_size(self, proposal):
        if not all(2 <= cells <= _LARGEST for cells in proposal["value"]):
            raise traitlets.TraitError(
                f"RoILab.size must be (h, w) of the map in cells, 2 to {_LARGEST} each, got "
                f"{tuple(proposal['value'])}"
            )
        if self.features and list(proposal["value"]) != list(self.size):
            raise traitlets.TraitError(
                "RoILab.size is fixed once the map is drawn: make a new RoILab(size=...)"
            )
        return proposal["value"]

    @traitlets.validate("region")
    def _check_region(self, proposal):
        """Hold a region that the image contains; a knob of the stride may move the image's edge."""
        height, width = self.image_size
        x1, y1, x2, y2 = region = proposal["value"]
        if min(x1, y1) < 0 or x2 > width + 1e-6 or y2 > height + 1e-6:
            raise traitlets.TraitError(
                f"RoILab.region {region} leaves the image: it has {width:g} x {height:g} pixels, "
                f"{self.size[1]} x {self.size[0]} cells of stride {self.stride}"
            )
        return region

    @traitlets.observe("stride")
    def _keep_the_region_on_its_cells(self, change):
        """Keep the region over the same cells, unless it was set along with the stride."""
        before, after = change["old"], change["new"]
        answered = self.features and self.result.get("stride") == before
        if answered and self.result["region"] == list(self.region):
            self.region = [value * after / before for value in self.region]

    # What the layers return

    @property
    def reading(self) -> PooledRegion:
        """Both layers on the present region."""
        return self._reading

    @property
    def exact(self) -> Float[Tensor, "n n"]:
        """The function's average over each bin."""
        return self._reading.exact

    @property
    def pool(self) -> Float[Tensor, "n n"]:
        """What RoIPool returns."""
        return self._reading.pool

    @property
    def align(self) -> Float[Tensor, "n n"]:
        """What RoIAlign returns."""
        return self._reading.align

    @property
    def errors(self) -> dict[str, float]:
        """Mean absolute error of both layers, and of RoIPool's rounding alone."""
        return self._reading.errors

    @property
    def misalignment(self) -> dict[str, float]:
        """Pixels of the image between what a layer looks at and its bin, in the worst bin."""
        return self._reading.misalignment

    @property
    def map(self) -> Float[Tensor, "h w"]:
        """The feature map."""
        height, width = self.size
        return feature_map(self.function, (height, width))

    def _update(self, _=None) -> None:
        """Bring what the view shows in line with the knobs, once per state."""
        with self._lock, self.hold_sync():
            state = {"seq": self.seq, **self._settings()}
            if all(self.result.get(name) == value for name, value in state.items()):
                return
            if self.features.get("function") != self.function:
                self.features = features_message(self.function, self.map)
            self._reading = self._read()
            self.result = {**state, **pooled_message(self._reading)}
            self._remember(errors=self.errors, misalignment=self.misalignment)

    def _read(self) -> PooledRegion:
        return pool_region(
            self.region,
            self.map,
            function=self.function,
            output_size=self.output_size,
            sampling_ratio=self.sampling_ratio,
            aligned=self.aligned,
            stride=float(self.stride),
        )

    # Headless use: the browser's gestures by name

    def drag(self, name: str, dx: Number, dy: Number, *, part: str = "body") -> None:
        """Move the region, or one edge or corner of it, by pixels; it stays in the image.

        Args:
            name: ``"region"``.
            dx: pixels to the right.
            dy: pixels down.
            part: ``"body"``, ``"left edge"``, ``"top right corner"`` and so on.

        Raises:
            ValueError: an unknown ``name`` or ``part``.
        """
        if name != "region":
            raise ValueError(f"name must be 'region', got {name!r}")
        with self._lock:
            self._change("drag", region=moved(self.region, part, dx, dy, self.image_size))

    def _summary(self) -> dict[str, Any]:
        errors = self.errors
        return {
            "bins": self.output_size,
            "pool_error": errors["pool"],
            "align_error": errors["align"],
        }

    def _picture(self) -> StaticPicture:
        return draw(self._sent())
