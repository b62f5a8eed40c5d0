"""The exercises of lesson 04 for paper and pencil: how many anchors, how bad a neighbour, who
answers for what.
"""

from locviz.course import Exercise, Mistake

how_many = Exercise(
    name="04.how_many",
    title="Count the anchors",
    task=(
        "A picture of 256 x 256 pixels. A pyramid with the strides 4, 8, 16, 32 and 64, and three anchors (three "
        "shapes) on every cell of every level. How many anchors are there?"
    ),
    answer=16_368,
    mistakes=(
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
            says="Anchors stand on the cells of the feature maps: one cell for each 4 x 4 pixels on the finest.",
        ),
    ),
    hints=(
        "How many cells does the map of stride 4 have in a row, and how many rows?",
        "64 x 64, then 32 x 32, and so on: each level has a quarter of the cells of the one before.",
        "4096 + 1024 + 256 + 64 + 16 cells.",
    ),
)

worst_place = Exercise(
    name="04.worst_place",
    title="The worst place to be",
    task=(
        "Square anchors of 32 pixels stand 16 pixels apart in both directions. An object is 32 x 32 pixels, exactly "
        "their size, but its centre lies as far from the anchors' centres as it can. What is the best IoU that it "
        "gets? Three digits are enough."
    ),
    answer=576 / 1472,
    tolerance=2e-3,
    mistakes=(
        Mistake(
            name="a whole step away",
            answer=256 / 1792,
            says="16 pixels away is already the next anchor. The worst place is in the middle: 8 pixels from both.",
        ),
        Mistake(
            name="moved along one axis only",
            answer=768 / 1280,
            says="It can be 8 pixels away in x *and* in y, between four anchors.",
        ),
        Mistake(
            name="over the anchor's area instead of the union",
            answer=576 / 1024,
            says="24 x 24 pixels are shared. The union is 2 x 1024 - 576.",
        ),
        Mistake(
            name="the union counts the shared part twice",
            answer=576 / 2048,
            says="1024 + 1024 has counted the shared pixels twice: take them away once.",
        ),
    ),
    hints=(
        "Draw four neighbouring centres, 16 pixels apart. Where inside their square is the centre of the object?",
        "8 pixels away in x and 8 in y. How large is the part that a square of 32 shares with its shifted copy?",
        "24 x 24 of a union of 1024 + 1024 - 576.",
    ),
)

who_answers = Exercise(
    name="04.who_answers",
    title="Who answers for what?",
    task=(
        "Four anchors (rows), two objects (columns), and their IoUs: `[[0.75, 0.10], [0.40, 0.20], [0.25, 0.55], "
        "[0.05, 0.25]]`. By the rule of the RPN (positive from 0.7 on or the best anchor of an object; negative "
        "below 0.3; the rest ignored), what is each anchor? Answer with four numbers: the object's index 0 or 1, -1 "
        "for background, -2 for ignored."
    ),
    answer=[0, -2, 1, -1],
    mistakes=(
        Mistake(
            name="the forced match was forgotten",
            answer=[0, -2, -2, -1],
            says="The second object reaches 0.7 with nobody. Its best anchor, the third, answers for it all the same.",
        ),
        Mistake(
            name="the grey zone became background",
            answer=[0, -1, 1, -1],
            says="0.40 lies between the thresholds: too good to be called background. It takes no part in the loss.",
        ),
        Mistake(
            name="every anchor answers for its best object",
            answer=[0, 0, 1, 1],
            says="That is the argmax over the objects, without any threshold: 0.25 is background.",
        ),
        Mistake(
            name="the best anchor of each object",
            answer=[0, 2],
            says="That is the argmax over the anchors: one number for each object. The rule asks each *anchor*.",
        ),
    ),
    hints=(
        "Row by row first: the best IoU of each anchor, against 0.7 and 0.3.",
        "Then column by column: which anchor is the best of each object? It is positive whatever its IoU.",
        "0.75 is positive, 0.40 is ignored, 0.55 is the best that the second object has, 0.25 is background.",
    ),
)
