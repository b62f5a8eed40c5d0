"""The assignment of the lowest total cost, on paper."""

from locviz.course import Exercise, Mistake

lowest_total = Exercise(
    name="13.lowest_total",
    title="Three queries, three objects",
    task=(
        "The costs of the queries 1, 2, 3 (rows) for the objects A, B, C (columns) are `1 2 6`, `2 9 "
        "8` and `7 3 4`. Each object gets one query, no two the same. What is the lowest total?"
    ),
    answer=8,
    working="query 2 takes A (2), query 1 takes B (2), query 3 takes C (4)",
    mistakes=(
        Mistake(
            name="greedy: the cheapest pair first",
            answer=12,
            says=(
                "You gave A its cheapest query, 1, for a cost of 1. Then B takes query 3 and C is left "
                "with query 2, for 8. To give A the second best costs 1 more, and saves 5."
            ),
        ),
        Mistake(
            name="every object its cheapest query",
            answer=7,
            says="A and B would both take query 1. Two objects may not share a query.",
        ),
        Mistake(
            name="every query its cheapest object",
            answer=6,
            says="The queries 1 and 2 would both take A, and nobody would take C.",
        ),
        Mistake(
            name="the diagonal",
            answer=14,
            says="Query 1 for A, 2 for B, 3 for C is one of six ways. Try the others.",
        ),
        Mistake(
            name="query 1 for the last object",
            answer=11,
            says=(
                "The queries 2 and 3 have the cheapest objects for them, and query 1 is left "
                "with C, for 6. Query 1 is cheap for B, too: try that."
            ),
        ),
        Mistake(
            name="query 3 for the first object",
            answer=17,
            says="A would take its dearest query, for 7. Give query 3 another object.",
        ),
        Mistake(
            name="the highest total",
            answer=22,
            says="Costs are to be low.",
        ),
    ),
    hints=(
        "There are six ways to give three objects three queries.",
        "Which query can B afford? 9 is far too much, so it is 1 or 3.",
        "If query 1 takes B, then query 2 takes A: 2 + 2. What is left for C?",
    ),
)
