"""Hard negative mining in one image: which priors are trained?"""

import torch

from locviz.course import Case, Exercise, Mistake


def _solution(losses, positive, ratio):
    num = int(ratio * positive.sum())
    order = losses.masked_fill(positive, float("-inf")).argsort(descending=True, stable=True)
    keep = positive.clone()
    keep[order[: min(num, int((~positive).sum()))]] = True
    return keep


def _easiest(losses, positive, ratio):
    return _solution(-losses, positive, ratio)


def _hardest_of_all(losses, positive, ratio):
    num = int((1 + ratio) * positive.sum())
    keep = torch.zeros_like(positive)
    keep[losses.argsort(descending=True, stable=True)[:num]] = True
    return keep


def _positives_lost(losses, positive, ratio):
    return _solution(losses, positive, ratio) & ~positive


def _a_fixed_number(losses, positive, ratio):
    order = losses.masked_fill(positive, float("-inf")).argsort(descending=True, stable=True)
    keep = positive.clone()
    keep[order[: min(int(ratio), int((~positive).sum()))]] = True
    return keep


def _first_come(losses, positive, ratio):
    keep = positive.clone()
    keep[(~positive).nonzero()[: int(ratio * positive.sum()), 0]] = True
    return keep


def _ranked_together(losses, positive, ratio):
    order = losses.argsort(descending=True, stable=True)
    keep = positive.clone()
    keep[order[: int(ratio * positive.sum())]] = True
    return keep


def _among_negatives(losses, positive, ratio):
    keep = positive.clone()
    keep[losses[~positive].argsort(descending=True, stable=True)[: int(ratio * positive.sum())]] = (
        True
    )
    return keep


def _all_without_objects(losses, positive, ratio):
    return _solution(losses, positive, ratio) if positive.any() else ~positive


def _places(losses, positive, ratio):
    return _solution(losses, positive, ratio).nonzero()[:, 0]


def _mask(*values):
    return torch.tensor(values, dtype=torch.bool)


hard_negatives = Exercise(
    name="08.hard_negatives",
    title="Three to one",
    task=(
        "Write `hard_negatives(losses, positive, ratio)` for one image: losses `(p,)` and a mask "
        "`(p,)` of the positives, to a mask `(p,)` of what is trained. It keeps *all* positives, and "
        "for each of them the `ratio` negatives with the highest losses, as many as there are."
    ),
    answer=_solution,
    cases=(
        Case(
            args=(
                torch.tensor([0.3, 0.1, 2.5, 0.2, 0.7, 0.05, 1.4, 0.4, 0.6, 0.15]),
                _mask(0, 0, 1, 0, 0, 1, 0, 0, 0, 0),
                3,
            ),
            says="ten priors, two positives, one of them easy",
        ),
        Case(
            args=(torch.tensor([0.2, 3.0, 0.9, 0.1, 0.5, 0.8]), _mask(1, 0, 0, 0, 0, 0), 2),
            says="one easy positive",
        ),
        Case(
            args=(torch.tensor([0.6, 0.5, 0.4]), _mask(0, 1, 1), 3),
            says="fewer negatives than asked for",
        ),
        Case(
            args=(torch.tensor([0.6, 0.5, 0.4, 0.1]), _mask(0, 0, 0, 0), 3), says="no object at all"
        ),
    ),
    mistakes=(
        Mistake(
            name="the easiest negatives",
            answer=_easiest,
            says="Yours keeps the lowest losses: what the network knows already.",
        ),
        Mistake(
            name="positives compete with negatives",
            answer=_hardest_of_all,
            says=(
                "You keep the hardest of all. An easy positive is then left out, although objects "
                "are rare. (The OHEM paper does so; SSD keeps every positive.)"
            ),
        ),
        Mistake(
            name="the positives are left out",
            answer=_positives_lost,
            says="Only negatives are left. The mask must keep every positive as well.",
        ),
        Mistake(
            name="a fixed number of negatives",
            answer=_a_fixed_number,
            says="`ratio` negatives in all; the task wants so many for *each* positive.",
        ),
        Mistake(
            name="any negatives",
            answer=_first_come,
            says="You keep the first ones. The *hardest* are wanted: sort by loss.",
        ),
        Mistake(
            name="places among the negatives",
            answer=_among_negatives,
            says=(
                "The places come from `losses[~positive]`, a shorter tensor, but you use them in the "
                "long one. Keep the length: `losses.masked_fill(positive, -inf)`."
            ),
        ),
        Mistake(
            name="no object, and all are kept",
            answer=_all_without_objects,
            says="Three for each of no positives are none: such an image trains nothing here.",
        ),
        Mistake(
            name="places, and no mask",
            answer=_places,
            says="You return the places of what is kept. A mask has one True or False for each prior.",
        ),
        Mistake(
            name="positives use up the places",
            answer=_ranked_together,
            says=(
                "Hard positives stand high in your ranking and take places of negatives. Rank the "
                "negatives alone."
            ),
        ),
    ),
    hints=(
        "How many negatives? And among which losses do you look for them?",
        "Put the losses of the positives at minus infinity before you sort.",
        (
            "`order = losses.masked_fill(positive, float('-inf')).argsort(descending=True)`; keep the "
            "positives and the first `min(ratio * positives, negatives)` of `order`."
        ),
    ),
)
