"""Who may not look at whom when noised ground truths stand before the queries."""

import torch

from locviz.course import Case, Exercise, Mistake


def _solution(groups, size, queries):
    group = torch.arange(groups).repeat_interleave(size)
    group = torch.cat([group, torch.full((queries,), -1)])
    return (group >= 0) & (group[:, None] != group)


def _groups_of(groups, size, queries):
    group = torch.arange(groups).repeat_interleave(size)
    return torch.cat([group, torch.full((queries,), -1)])


def _queries_see_the_answers(groups, size, queries):
    group = _groups_of(groups, size, queries)
    return (group >= 0) & (group[:, None] >= 0) & (group[:, None] != group)


def _groups_see_each_other(groups, size, queries):
    group = _groups_of(groups, size, queries)
    return (group >= 0) & (group[:, None] < 0)


def _transposed(groups, size, queries):
    return _solution(groups, size, queries).T


def _may_look(groups, size, queries):
    return ~_solution(groups, size, queries)


def _blind_groups(groups, size, queries):
    group = _groups_of(groups, size, queries)
    return group[:, None] != group


def _each_alone(groups, size, queries):
    group = _groups_of(groups, size, queries)
    return (group >= 0) & ~torch.eye(len(group), dtype=torch.bool)


def _queries_first(groups, size, queries):
    return _solution(groups, size, queries).roll((queries, queries), (0, 1))


def _interleaved(groups, size, queries):
    group = torch.cat([torch.arange(groups).repeat(size), torch.full((queries,), -1)])
    return (group >= 0) & (group[:, None] != group)


def _nobody_sees_queries(groups, size, queries):
    group = _groups_of(groups, size, queries)
    return (group < 0) | (group[:, None] != group)


def _all_noised(groups, size, queries):
    return (_groups_of(groups, size, queries) >= 0).expand(groups * size + queries, -1)


def _exchanged(groups, size, queries):
    return _solution(size, groups, queries)


def _minus_infinity(groups, size, queries):
    mask = _solution(groups, size, queries)
    return torch.zeros(mask.shape).masked_fill(mask, -torch.inf)


def _noised_alone(groups, size, queries):
    return _solution(groups, size, 0)


def _nothing(groups, size, queries):
    num = groups * size + queries
    return torch.zeros(num, num, dtype=torch.bool)


hidden = Exercise(
    name="14.hidden",
    title="Who may not look at whom?",
    task=(
        "In a training step with denoising, the first `groups * size` rows are noised ground truths, "
        "one group after the other; the last `queries` rows are the detector's own queries. Write "
        "`hidden(groups, size, queries)`: a square tensor of booleans, True where the query of the "
        "row may *not* look at the one of the column. No query may see a noised ground truth, and no "
        "group may see another one. A noised ground truth may see its own group and all queries."
    ),
    answer=_solution,
    cases=(
        Case(args=(2, 1, 1), says="two groups of one object, one query"),
        Case(args=(2, 3, 2), says="two groups of three objects, two queries"),
        Case(args=(3, 2, 4), says="three groups of two objects, four queries"),
    ),
    mistakes=(
        Mistake(
            name="the queries see the answers",
            answer=_queries_see_the_answers,
            says=(
                "The last rows must not look at the first columns. Otherwise a query copies the "
                "noised truth in training and finds nothing when there is none."
            ),
        ),
        Mistake(
            name="groups see each other",
            answer=_groups_see_each_other,
            says=(
                "Two groups hold the same objects with different noise. Together they give the "
                "answer away: the mean of many noised boxes is the true one."
            ),
        ),
        Mistake(
            name="rows and columns are exchanged",
            answer=_transposed,
            says="The row is who looks, the column who is looked at.",
        ),
        Mistake(
            name="True where one may look",
            answer=_may_look,
            says="True hides here. (torch's own attention function asks for the opposite.)",
        ),
        Mistake(
            name="the noised see no queries",
            answer=_blind_groups,
            says="That is stricter than asked: a noised ground truth may look at all queries.",
        ),
        Mistake(
            name="each sees only itself",
            answer=_each_alone,
            says="Within a group, the noised objects may see each other, as queries do.",
        ),
        Mistake(
            name="the queries come first",
            answer=_queries_first,
            says="The noised ground truths stand first, the queries last.",
        ),
        Mistake(
            name="groups are interleaved",
            answer=_interleaved,
            says="Group after group: 0 0 0 1 1 1, not 0 1 0 1 0 1.",
        ),
        Mistake(
            name="nobody sees the queries",
            answer=_nobody_sees_queries,
            says="Queries may see each other, and the noised may see them: the last columns are False.",
        ),
        Mistake(
            name="all noised ground truths are hidden from all",
            answer=_all_noised,
            says="A noised ground truth may see its own group: there, the blocks are False.",
        ),
        Mistake(
            name="groups and size are exchanged",
            answer=_exchanged,
            says="There are `groups` groups, and each has `size` rows.",
        ),
        Mistake(
            name="minus infinity in place of True",
            answer=_minus_infinity,
            says="That is the form which is added to the scores. Here booleans are asked for.",
        ),
        Mistake(
            name="the queries have no rows",
            answer=_noised_alone,
            says="The queries look, too: the square has `groups * size + queries` rows.",
        ),
        Mistake(
            name="nothing is hidden",
            answer=_nothing,
            says="Then every query can read off where the objects are.",
        ),
    ),
    hints=(
        "Give each row the number of its group, and the queries a number of their own.",
        "A column is hidden if it is noised and belongs to another group than the row.",
        (
            "With `group` = 0 0 0 1 1 1 -1 -1: `(group >= 0) & (group[:, None] != group)`. "
            "`repeat_interleave` makes the first part."
        ),
    ),
)
