"""DIoU on paper: two boxes that touch along an edge."""

from locviz.course import Exercise, Mistake

diou_by_hand = Exercise(
    name="01.diou_by_hand",
    title="DIoU by hand",
    task=(
        "On paper: what is the DIoU of the boxes `(0, 0, 2, 2)` and `(2, 0, 4, 2)`, which touch "
        "along an edge?"
    ),
    answer=-4 / 20,
    working="IoU is 0, the centres are 2 apart, and c² = 16 + 4: 0 - 4 / 20 = -1 / 5",
    mistakes=(
        Mistake(
            name="divided by the hull's area",
            answer=-4 / 8,
            says=(
                "c is the diagonal of the hull, not its area. The hull is 4 wide and 2 high: c² = "
                "16 + 4."
            ),
        ),
        Mistake(
            name="the distance is not squared",
            answer=-2 / 20,
            says="The centres are 2 apart; the formula wants ρ², which is 4.",
        ),
        Mistake(
            name="nothing is squared",
            answer=-2 / 20**0.5,
            says="That is ρ / c. DIoU takes the squares: ρ² / c².",
        ),
        Mistake(
            name="the penalty is added",
            answer=4 / 20,
            says=(
                "Distance is bad, so the term is taken off: the measure of boxes apart is negative."
            ),
        ),
        Mistake(
            name="IoU, without the penalty",
            answer=0.0,
            says="That is their IoU. DIoU also looks at how far apart the centres are.",
        ),
    ),
    hints=(
        (
            "Their IoU is 0. How far apart are the centres? How long is the diagonal of the box "
            "around both?"
        ),
        "The centres are (1, 1) and (3, 1). The hull is (0, 0, 4, 2).",
        "ρ² = 4 and c² = 4² + 2² = 20.",
    ),
)
