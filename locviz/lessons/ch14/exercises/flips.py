"""Count the matches that flipped between two epochs."""

import torch

from locviz.course import Case, Exercise, Mistake


def _solution(before, now):
    return ((before >= 0) & (now != before)).sum()


def _queries(before, now):
    return (now != before).sum()


def _half_the_queries(before, now):
    return (now != before).sum() / 2


def _left_without(before, now):
    return ((before >= 0) & (now < 0)).sum()


def _share_of_objects(before, now):
    return _solution(before, now) / (before >= 0).sum()


def _share_of_queries(before, now):
    return (now != before).double().mean()


def _those_that_stayed(before, now):
    return ((before >= 0) & (now == before)).sum()


def _other_set_of_queries(before, now):
    return ((before >= 0) != (now >= 0)).sum()


def _only_exchanges(before, now):
    return ((before >= 0) & (now >= 0) & (now != before)).sum()


def _rows_that_stayed(before, now):
    return (now == before).sum()


def _a_row_each(before, now):
    return (before >= 0) & (now != before)


def _whether(before, now):
    return (before != now).any()


def _object_zero_is_nothing(before, now):
    return ((before > 0) & (now != before)).sum()


flips = Exercise(
    name="14.flips",
    title="Who has changed its query?",
    task=(
        "A match is a tensor `(q,)`: for each query the number of the object that it is responsible "
        "for, or -1. Every object has exactly one query. Write `flips(before, now)` for the matches "
        "of one image in two epochs: the number of *objects* that have another query than before."
    ),
    answer=_solution,
    cases=(
        Case(
            args=(torch.tensor([0, -1, 1, -1, 2]), torch.tensor([0, 1, -1, -1, 2])),
            says="object 1 moves to a free query",
        ),
        Case(
            args=(torch.tensor([0, -1, 1, 2]), torch.tensor([1, -1, 0, 2])),
            says="two objects exchange their queries",
        ),
        Case(
            args=(torch.tensor([-1, 2, 0, 1, -1]), torch.tensor([0, 2, 1, -1, -1])),
            says="object 1 pushes object 0 away",
        ),
        Case(
            args=(torch.tensor([0, 1, 2, -1]), torch.tensor([2, 0, 1, -1])),
            says="three objects change round",
        ),
        Case(
            args=(torch.tensor([1, 0, -1]), torch.tensor([1, 0, -1])),
            says="nothing has changed",
        ),
    ),
    mistakes=(
        Mistake(
            name="queries are counted",
            answer=_queries,
            says=(
                "An object that moves to a free query changes *two* rows: the old query loses it, "
                "the new one gets it. Count objects. (DN-DETR's own measure counts queries.)"
            ),
        ),
        Mistake(
            name="half of the queries",
            answer=_half_the_queries,
            says=(
                "That is right for objects that move to free queries. Where two objects exchange "
                "their queries, two rows change, and two objects."
            ),
        ),
        Mistake(
            name="only queries that lost their object",
            answer=_left_without,
            says="A query may have another object now. Its old object has flipped, too.",
        ),
        Mistake(
            name="only queries that have another object now",
            answer=_only_exchanges,
            says=(
                "A query may hold nothing now, because its object has moved to a free query. That "
                "object has flipped, too: do not ask for `now >= 0`."
            ),
        ),
        Mistake(
            name="the set of queries in use",
            answer=_other_set_of_queries,
            says="Two objects that exchange their queries have flipped, and the set is the same.",
        ),
        Mistake(
            name="a share of the objects",
            answer=_share_of_objects,
            says="Return the number, not divided by the number of objects.",
        ),
        Mistake(
            name="a share of the queries",
            answer=_share_of_queries,
            says="Return a number of objects, not a mean over queries.",
        ),
        Mistake(
            name="those that stayed",
            answer=_those_that_stayed,
            says="These are the objects that kept their query. Count the others.",
        ),
        Mistake(
            name="rows that stayed",
            answer=_rows_that_stayed,
            says=(
                "These are the rows that are as before, and rows with -1 are among them. Count the "
                "objects whose row has changed."
            ),
        ),
        Mistake(
            name="one answer per row",
            answer=_a_row_each,
            says="That says which rows have changed. Return how many: sum them.",
        ),
        Mistake(
            name="whether, not how many",
            answer=_whether,
            says="That says whether something has changed. Count the objects.",
        ),
        Mistake(
            name="object 0 is left out",
            answer=_object_zero_is_nothing,
            says="-1 means nothing; 0 is the first object.",
        ),
    ),
    hints=(
        "Each object sits in exactly one row of `before`. What does that row hold now?",
        "Rows of `before` with a number of 0 or more are objects, one each.",
        "`((before >= 0) & (now != before)).sum()`.",
    ),
)
