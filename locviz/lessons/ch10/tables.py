"""The tables of lesson 10: what the papers report beside what was measured here."""

from collections.abc import Mapping
from typing import Any

from locviz.course.table import Table
from locviz.experiments import balanced
from locviz.experiments.harmonised import (
    ABLATIONS,
    BASELINE,
    FCOS_VARIANTS,
    REPORTED,
    SHOWN,
    STUDIES,
    by_seed,
    gains,
)

_MISSING = "-"
_EVERYWHERE = "labelling_everywhere"
_ROWS = {
    **{name: variant.title for name, variant in FCOS_VARIANTS.items()},
    _EVERYWHERE: ABLATIONS[_EVERYWHERE].title,
    **SHOWN,
}


def mlc_table(found: Mapping[str, Any], *, data: str = "crowded") -> Table:
    """Tables 1 to 3 of the paper for FCOS, and the same changes here, seed by seed.

    Args:
        found: ``locviz.experiments.harmonised.results()``.
        data: on which scenes, ``"misaligned"`` or ``"crowded"``.
    """
    return Table(
        header=("detector", "rho", "AP", "gain", "rho here", "AP here", "gain at each seed"),
        rows=[_mlc_row(found, name, data) for name in _ROWS],
        caption=(
            "Left: reported on COCO (ResNet-50, 19 epochs), AP in percent. Right: here, on the "
            f"{data} scenes, one figure per seed; rho is the mean over objects, before "
            f"suppression. Made by: {found['command']}"
        ),
        numbers=(1, 2, 3),
    )


def _mlc_row(found: Mapping[str, Any], name: str, data: str) -> tuple[str, ...]:
    paper, base = REPORTED["fcos"].get(name, {}), REPORTED["fcos"][BASELINE]
    gain = f"{paper['ap'] - base['ap']:+.1f}" if "ap" in paper and name != BASELINE else ""
    return (
        _ROWS[name],
        f"{paper['correlation']:.2f}" if "correlation" in paper else _MISSING,
        f"{paper['ap']:.1f}" if "ap" in paper else _MISSING,
        gain,
        _each(by_seed(found, "fcos", name, "spearman", data=data), "{:.2f}"),
        _each(by_seed(found, "fcos", name, "ap", data=data), "{:.1f}", 100),
        ""
        if name == BASELINE
        else _each(gains(found, "fcos", name, "ap", data=data), "{:+.1f}", 100),
    )


_OTHERS = {"retinanet": ("AP", "ap", "ap"), "rpn": ("AR", "ar300", "ar15")}
"""Of other detectors: what is counted, by the paper's name and by ours."""


def others_table(found: Mapping[str, Any]) -> Table:
    """RetinaNet in table 3 of the paper and RPN in table 4, and the same changes here.

    Args:
        found: ``locviz.experiments.harmonised.results()``.
    """
    return Table(
        header=("detector", "counted", "reported", "gain", "here", "gain at each seed"),
        rows=[
            _others_row(found, study, name) for study in _OTHERS for name in STUDIES[study].variants
        ],
        caption=(
            "Left: reported on COCO. Right: here, on the crowded scenes, one figure per seed. In "
            "percent. AR: the average recall of the best 300 proposals there, of the best 15 here. "
            f"Made by: {found['command']}"
        ),
        numbers=(2, 3),
    )


def _others_row(found: Mapping[str, Any], study: str, name: str) -> tuple[str, ...]:
    counted, theirs, ours = _OTHERS[study]
    paper = REPORTED[study]
    return (
        STUDIES[study].variants[name].title,
        counted,
        f"{paper[name][theirs]:.1f}",
        "" if name == BASELINE else f"{paper[name][theirs] - paper[BASELINE][theirs]:+.1f}",
        _each(by_seed(found, study, name, ours), "{:.1f}", 100),
        "" if name == BASELINE else _each(gains(found, study, name, ours), "{:+.1f}", 100),
    )


POSTER_ROWS = ("baseline", "iac", "iac_dc", "iac_dc_cl", "dc", "cl", "printed")


def poster_table(found: Mapping[str, Any]) -> Table:
    """Table 2 of the balance poster, and the same rows here, with those that it leaves out.

    Args:
        found: ``locviz.experiments.balanced.results()``.
    """
    protocol = found["protocol"]
    return Table(
        header=("detector", "COCO AP", "gain", "VOC mAP", "AP here", "gain at each seed"),
        rows=[_poster_row(found, name) for name in POSTER_ROWS],
        caption=(
            f"Left: reported, with a ResNet-50. Right: {protocol['detector']} after "
            f"{protocol['steps']} steps on the misaligned scenes, one figure per seed. Made by: "
            f"{found['command']}"
        ),
        numbers=(1, 2, 3),
    )


def _poster_row(found: Mapping[str, Any], name: str) -> tuple[str, ...]:
    row, base = balanced.ROWS[name], balanced.ROWS["baseline"]
    told = (_MISSING, "", _MISSING)
    if row.reported is not None and base.reported is not None:
        gain = "" if row is base else f"{row.reported[0] - base.reported[0]:+.1f}"
        told = (f"{row.reported[0]:.1f}", gain, f"{row.reported[3]:.1f}")
    ours, more = balanced.by_seed(found, name, "ap"), balanced.gains(found, name, "ap")
    return (
        row.title,
        *told,
        _each(ours, "{:.1f}", 100),
        "" if row is base else _each(more, "{:+.1f}", 100),
    )


def _each(figures: Mapping[int, float], style: str, scale: int = 1) -> str:
    """One number per seed, or a dash where nothing was run."""
    return " ".join(style.format(scale * figures[seed]) for seed in sorted(figures)) or _MISSING
