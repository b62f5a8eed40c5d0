"""YOLOv10's choice: the k priors of an object by the consistent matching metric."""

import torch

from locviz.course import Case, Exercise, Mistake


def _chosen(metric, k):
    return metric.argsort(descending=True, stable=True)[:k].tolist()


def _solution(s, u, inside, k):
    metric = torch.where(inside, s**0.5 * u**6, -1.0)
    return metric.argsort(descending=True, stable=True)[: min(k, int(inside.sum()))].tolist()


def _exponents_exchanged(s, u, inside, k):
    return _chosen(torch.where(inside, s**6 * u**0.5, -1.0), min(k, int(inside.sum())))


def _score_alone(s, u, inside, k):
    return _chosen(torch.where(inside, s, -1.0), min(k, int(inside.sum())))


def _overlap_alone(s, u, inside, k):
    return _chosen(torch.where(inside, u, -1.0), min(k, int(inside.sum())))


def _sum(s, u, inside, k):
    return _chosen(torch.where(inside, s**0.5 + u**6, -1.0), min(k, int(inside.sum())))


def _outside_too(s, u, inside, k):
    return _chosen(s**0.5 * u**6, k)


def _fills_up(s, u, inside, k):
    return _chosen(torch.where(inside, s**0.5 * u**6, -1.0), k)


def _places_among_those_inside(s, u, inside, k):
    return _chosen((s**0.5 * u**6)[inside], k)


def _sorted_by_row(s, u, inside, k):
    return sorted(_solution(s, u, inside, k))


_S = torch.tensor([0.90, 0.10, 0.59, 0.36, 0.585, 0.95])
_U = torch.tensor([0.55, 0.90, 0.80, 0.86, 0.95, 0.92])
_IN = torch.tensor([True, True, True, True, True, False])

consistent = Exercise(
    name="09.consistent",
    title="Ten for one head, one for the other",
    task=(
        "Write `consistent(s, u, inside, k)` for one object: `s (p,)` is each prior's predicted "
        "probability of the object's class, `u (p,)` the IoU of its predicted box, `inside (p,)` "
        "says whether the prior lies inside the object. Return a list of the `k` priors *inside* "
        "with the largest `s^0.5 u^6`, the best first; all of them where fewer lie inside."
    ),
    answer=_solution,
    cases=(
        Case(args=(_S, _U, _IN, 3), says="k is 3"),
        Case(args=(_S, _U, _IN, 1), says="k is 1, the one-to-one head"),
        Case(args=(_S, _U, _S > 0.55, 10), says="four priors inside, k is 10"),
    ),
    mistakes=(
        Mistake(
            name="the exponents are exchanged",
            answer=_exponents_exchanged,
            says="The power 6 belongs to the IoU `u`, 0.5 to the score `s`: place counts more.",
        ),
        Mistake(
            name="the score alone",
            answer=_score_alone,
            says="A sure prediction whose box lies badly must not win: multiply by u^6.",
        ),
        Mistake(
            name="the overlap alone",
            answer=_overlap_alone,
            says="A box that lies well and is of another class must not win: multiply by s^0.5.",
        ),
        Mistake(
            name="a sum",
            answer=_sum,
            says="In a sum one large part makes up for a small one. The metric is a product.",
        ),
        Mistake(
            name="priors outside count",
            answer=_outside_too,
            says="Only priors *inside* the object may be chosen, however good they are.",
        ),
        Mistake(
            name="places among those inside",
            answer=_places_among_those_inside,
            says=(
                "You count only the priors inside, so the places are not the priors' own. "
                "Translate them back: `inside.nonzero()[:, 0][places]`."
            ),
        ),
        Mistake(
            name="in another order",
            answer=_sorted_by_row,
            says="The right priors, in another order: the best should come first.",
        ),
        Mistake(
            name="filled up to k",
            answer=_fills_up,
            says="Where fewer than k priors lie inside, only those are chosen.",
        ),
    ),
    hints=(
        "One number per prior, and the k largest of those inside.",
        "`metric = s**0.5 * u**6`. What number keeps a prior outside from being chosen?",
        (
            "`metric[~inside] = -1` on a copy, then `argsort(descending=True)`, and as many as "
            "`min(k, inside.sum())`."
        ),
    ),
)
