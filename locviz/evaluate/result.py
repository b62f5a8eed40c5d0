"""The result of an evaluation, and how it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from jaxtyping import Float, Int

FIGURES = (
    "ap", "ap50", "ap75", "ap_small", "ap_medium", "ap_large",
    "ar1", "ar10", "ar100", "ar_small", "ar_medium", "ar_large",
)  # fmt: skip


def _mean(values: np.ndarray) -> float:
    """The mean of the values that are not NaN, or NaN if there are none."""
    values = values[~np.isnan(values)]
    return float(values.mean()) if values.size else float("nan")


@dataclass(frozen=True)
class ClassFigures:
    """The figures of one class.

    ``num_gt`` ground truths counted, and ``num_detections`` detections took part.
    """

    label: int
    name: str
    ap: float
    ap50: float
    ap75: float
    ar: float
    num_gt: int
    num_detections: int


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Evaluation:
    """COCO's figures and the curves behind them.

    A figure that has nothing to measure is NaN (pycocotools writes -1).

    *AP*, average precision, is the area under the precision-recall curve, averaged over IoU
    thresholds and classes: ``ap`` over 0.5, 0.55, ..., 0.95, ``ap50`` and ``ap75`` at one
    threshold, ``ap_small``, ``ap_medium``, ``ap_large`` for ground truths of one range of areas.
    *AR*, average recall, is the share of ground truths found, averaged over the same thresholds and
    classes: ``ar1``, ``ar10``, ``ar100`` with at most that many detections per image and class, and
    ``ar_small``, ``ar_medium``, ``ar_large`` with the most.

    Shapes: ``precision`` (t, r, k, a, m): IoU thresholds, recall points, classes, size ranges,
    detection limits; ``recall`` (t, k, a, m); ``num_gt`` (k, a).
    """

    precision: Float[np.ndarray, "t r k a m"]
    recall: Float[np.ndarray, "t k a m"]
    num_gt: Int[np.ndarray, "k a"]
    num_detections: Int[np.ndarray, "k"]
    iou_thresholds: Float[np.ndarray, "t"]
    recall_points: Float[np.ndarray, "r"]
    size_ranges: dict[str, tuple[float, float]]
    max_detections: tuple[int, ...]
    class_names: tuple[str, ...]
    num_images: int

    def average_precision(
        self, *, iou: float | None = None, size: str = "all", label: int | str | None = None
    ) -> float:
        """AP at one IoU threshold or over all, for one size range, of one class or the mean of all.

        A class is given by its label or its name. AP is NaN where there are no ground truths, and
        where this threshold or size was not evaluated.
        """
        t, a = self._threshold(iou), self._size(size)
        if t is None or a is None:
            return float("nan")
        return _mean(self.precision[t, :, self._classes(label), a, -1])

    def average_recall(
        self,
        *,
        max_detections: int | None = None,
        size: str = "all",
        label: int | str | None = None,
    ) -> float:
        """AR with at most so many detections per image and class (the largest limit if None)."""
        a = self._size(size)
        limit = self.max_detections[-1] if max_detections is None else max_detections
        if a is None or limit not in self.max_detections:
            return float("nan")
        return _mean(self.recall[:, self._classes(label), a, self.max_detections.index(limit)])

    @property
    def ap(self) -> float:
        """Average precision over all IoU thresholds and classes: COCO's primary figure."""
        return self.average_precision()

    @property
    def ap50(self) -> float:
        """Average precision at IoU 0.5: what Pascal VOC asks for."""
        return self.average_precision(iou=0.5)

    @property
    def ap75(self) -> float:
        """Average precision at IoU 0.75: a strict localization."""
        return self.average_precision(iou=0.75)

    @property
    def ap_small(self) -> float:
        """Average precision of objects of at most 32 x 32 pixels."""
        return self.average_precision(size="small")

    @property
    def ap_medium(self) -> float:
        """Average precision of objects between 32 x 32 and 96 x 96 pixels."""
        return self.average_precision(size="medium")

    @property
    def ap_large(self) -> float:
        """Average precision of objects of at least 96 x 96 pixels."""
        return self.average_precision(size="large")

    @property
    def ar1(self) -> float:
        """Average recall with one detection per image and class."""
        return self.average_recall(max_detections=1)

    @property
    def ar10(self) -> float:
        """Average recall with ten detections per image and class."""
        return self.average_recall(max_detections=10)

    @property
    def ar100(self) -> float:
        """Average recall with a hundred detections per image and class."""
        return self.average_recall(max_detections=100)

    @property
    def ar_small(self) -> float:
        """Average recall of objects of at most 32 x 32 pixels."""
        return self.average_recall(size="small")

    @property
    def ar_medium(self) -> float:
        """Average recall of objects between 32 x 32 and 96 x 96 pixels."""
        return self.average_recall(size="medium")

    @property
    def ar_large(self) -> float:
        """Average recall of objects of at least 96 x 96 pixels."""
        return self.average_recall(size="large")

    @property
    def figures(self) -> dict[str, float]:
        """The twelve, in COCO's order."""
        return {name: getattr(self, name) for name in FIGURES}

    @property
    def per_class(self) -> tuple[ClassFigures, ...]:
        """The figures of every class, in label order."""
        return tuple(
            ClassFigures(
                label=k,
                name=name,
                ap=self.average_precision(label=k),
                ap50=self.average_precision(iou=0.5, label=k),
                ap75=self.average_precision(iou=0.75, label=k),
                ar=self.average_recall(label=k),
                num_gt=int(self.num_gt[k, 0]),
                num_detections=int(self.num_detections[k]),
            )
            for k, name in enumerate(self.class_names)
        )

    def curve(
        self, iou: float = 0.5, label: int | str | None = None
    ) -> tuple[Float[np.ndarray, "r"], Float[np.ndarray, "r"]]:
        """Recall points and the interpolated precision there, both ``(r,)``.

        The precision is that of one class, or the mean of all classes that have ground truths.

        Raises:
            ValueError: this IoU threshold was not evaluated, or there is no such class.
        """
        t = self._threshold(iou)
        if t is None or iou is None:
            raise ValueError(
                f"iou={iou} was not evaluated: choose one of {self.iou_thresholds.round(4).tolist()}"
            )
        curves = self.precision[t, ..., 0, -1].T[self._classes(label)]
        curves = curves[~np.isnan(curves).any(axis=1)]
        empty = np.full(len(self.recall_points), np.nan)
        return self.recall_points, curves.mean(axis=0) if len(curves) else empty

    def _threshold(self, iou: float | None):
        if iou is None:
            return slice(None)
        (near,) = np.nonzero(np.isclose(self.iou_thresholds, iou))
        return int(near[0]) if len(near) else None

    def _size(self, size: str) -> int | None:
        return list(self.size_ranges).index(size) if size in self.size_ranges else None

    def _classes(self, label: int | str | None) -> Sequence[int] | slice:
        if label is None:
            return slice(None)
        if isinstance(label, str):
            if label not in self.class_names:
                raise ValueError(
                    f"label={label!r} is not a class: choose one of {', '.join(self.class_names)}"
                )
            return [self.class_names.index(label)]
        if not 0 <= label < len(self.class_names):
            raise ValueError(
                f"label={label} is out of range: labels are 0..{len(self.class_names) - 1}"
            )
        return [label]

    def table(self) -> str:
        """The figures as text: first all classes together, then each class with any boxes."""
        return "\n".join(
            f"{name:<{self._name_width()}} " + " ".join(f"{cell:>9}" for cell in cells)
            for name, *cells in self._rows()
        )

    def _name_width(self) -> int:
        return max(len(row[0]) for row in self._rows())

    def _rows(self) -> list[list[str]]:
        rows = [["class", "AP", "AP50", "AP75", "AR", "to find", "detected"]]
        overall = (self.ap, self.ap50, self.ap75, self.average_recall())
        rows.append(
            [
                "all",
                *map(_shown, overall),
                str(self.num_gt[:, 0].sum()),
                str(self.num_detections.sum()),
            ]
        )
        for row in self.per_class:
            if row.num_gt or row.num_detections:
                cells = map(_shown, (row.ap, row.ap50, row.ap75, row.ar))
                rows.append(
                    [_printable(row.name), *cells, str(row.num_gt), str(row.num_detections)]
                )
        return rows

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={_shown(value)}" for name, value in self.figures.items())
        return f"Evaluation({shown}; {self.num_images} images, {self.num_gt[:, 0].sum()} ground truths)"

    def _repr_html_(self) -> str:
        """A table for notebooks. Class names are data: they are escaped."""
        head, *body = self._rows()
        lines = [
            "<table><thead><tr>",
            *(f"<th>{escape(cell)}</th>" for cell in head),
            "</tr></thead><tbody>",
        ]
        for name, *cells in body:
            lines += [
                "<tr>",
                f"<th>{escape(name)}</th>",
                *(f"<td>{escape(cell)}</td>" for cell in cells),
                "</tr>",
            ]
        return "".join([*lines, "</tbody></table>"])


def _printable(name: str) -> str:
    """A class name on one line, with its control characters escaped.

    A data file could steer the terminal with them.
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)


def _shown(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.3f}"
