"""Spearman's rank correlation of four boxes, on paper."""

from locviz.course import Exercise, Mistake

rank_by_hand = Exercise(
    name="10.rank_by_hand",
    title="Four boxes, two orders",
    task=(
        "Four candidates of one object have the confidences 0.9, 0.8, 0.5, 0.3 and the IoUs 0.6, "
        "0.9, 0.7, 0.4. Give each list its ranks, 1 for the smallest. Without ties, rho is `1 - 6 "
        "* (sum of d squared) / (n * (n * n - 1))`, where d is the difference of a box's two ranks."
    ),
    answer=0.4,
    working="the ranks 4 3 2 1 and 2 4 3 1 differ by 2, -1, -1, 0: 1 - 6 * 6 / (4 * 15)",
    mistakes=(
        Mistake(
            name="the correlation of the values",
            answer=0.105 / (0.2275 * 0.13) ** 0.5,
            says=(
                "That is Pearson's, of the values themselves. Spearman asks only for the order: "
                "replace each value by its rank first."
            ),
        ),
        Mistake(
            name="the six was left out",
            answer=0.9,
            says="Six times the sum of the squares: with opposite orders rho must come to -1.",
        ),
        Mistake(
            name="the part that is taken away",
            answer=0.6,
            says="That is what is subtracted from 1.",
        ),
        Mistake(
            name="the divisor is n cubed",
            answer=1 - 36 / 64,
            says="n times (n squared *minus 1*): 4 * 15 = 60, not 64.",
        ),
        Mistake(
            name="differences, not their squares",
            answer=1.0,
            says=(
                "The differences add up to 0, whatever the order is. Square each of them before "
                "you add."
            ),
        ),
        Mistake(
            name="one list was ranked from the other end",
            answer=-0.4,
            says=(
                "You gave rank 1 to the largest in one list and to the smallest in the other. "
                "Either end will do, but the same for both."
            ),
        ),
    ),
    hints=(
        "Sort each list in your head. Which rank has 0.6 among the four IoUs?",
        "The ranks of the confidences are 4, 3, 2, 1, those of the IoUs 2, 4, 3, 1.",
        "The differences 2, -1, -1, 0 have the squares 4, 1, 1, 0. Their sum is 6.",
    ),
)
