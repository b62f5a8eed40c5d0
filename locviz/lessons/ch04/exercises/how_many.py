"""Count the anchors of a pyramid."""

from locviz.course import Exercise, Mistake

how_many = Exercise(
    name="04.how_many",
    title="Count the anchors",
    task=(
        "A picture of 256 x 256 pixels. A pyramid with the strides 4, 8, 16, 32 and 64, and three "
        "anchors (three shapes) on every cell of every level. How many anchors are there?"
    ),
    answer=16_368,
    working="(64 * 64 + 32 * 32 + 16 * 16 + 8 * 8 + 4 * 4) * 3 = 5456 * 3",
    mistakes=(
        Mistake(
            name="every level as large as the finest",
            answer=61_440,
            says=(
                "A level of stride 8 has 256 / 8 cells in a row: each level has a quarter of the "
                "cells of the one before."
            ),
        ),
        Mistake(
            name="levels times shapes",
            answer=15,
            says=("Five levels and three shapes; but every *cell* of a level has three anchors."),
        ),
        Mistake(
            name="one anchor on each cell",
            answer=5_456,
            says="That is the number of cells. Each has three anchors, one for each shape.",
        ),
        Mistake(
            name="only the finest level",
            answer=12_288,
            says="64 x 64 cells of three anchors: most of them, but there are four more levels.",
        ),
        Mistake(
            name="one row of cells on each level",
            answer=3 * (64 + 32 + 16 + 8 + 4),
            says="A level of stride 4 has 256 / 4 cells in each row, and as many rows.",
        ),
        Mistake(
            name="the pixels, three times",
            answer=3 * 256 * 256,
            says=(
                "Anchors stand on the cells of the feature maps: one cell for each 4 x 4 pixels on "
                "the finest."
            ),
        ),
    ),
    hints=(
        "How many cells does the map of stride 4 have in a row, and how many rows?",
        (
            "64 x 64, then 32 x 32, and so on: each level has a quarter of the cells of the one "
            "before."
        ),
        "4096 + 1024 + 256 + 64 + 16 cells.",
    ),
)
