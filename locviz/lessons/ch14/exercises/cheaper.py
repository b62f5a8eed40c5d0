"""What deformable attention saves in an encoder, on paper."""

from locviz.course import Exercise, Mistake

_LEVELS = (100 * 134, 50 * 67, 25 * 34, 13 * 17)
_CELLS = sum(_LEVELS)

cheaper = Exercise(
    name="14.cheaper",
    title="The price of looking",
    task=(
        "An image of 800 x 1066 pixels has maps of 100 x 134, 50 x 67, 25 x 34 and 13 x 17 cells. "
        "In the encoder every cell is a query. With dense attention it reads all cells of all four "
        "maps. With deformable attention it reads 4 points on each map. Per head, how many times "
        "fewer products (a weight times a value) does deformable attention need? A whole number is "
        "near enough."
    ),
    answer=_CELLS / 16,
    # 1,114 is near enough.
    tolerance=5e-4,
    working=(
        "13,400 + 3,350 + 850 + 221 = 17,821 cells; 17,821 * 17,821 products against 17,821 * 16: "
        "17,821 / 16"
    ),
    mistakes=(
        Mistake(
            name="the points of one level",
            answer=_CELLS / 4,
            says="A query looks at 4 points on *each* of the four maps.",
        ),
        Mistake(
            name="the finest map alone",
            answer=_LEVELS[0] / 16,
            says="A dense query reads the cells of all four maps. Add them up.",
        ),
        Mistake(
            name="the last map of DETR",
            answer=_LEVELS[2] / 16,
            says="That is the map of stride 32, the only one that DETR can afford. Here are four.",
        ),
        Mistake(
            name="the number of cells",
            answer=float(_CELLS),
            says="So many cells a dense query reads. A deformable one does not read one, but 16.",
        ),
        Mistake(
            name="each pair counted once",
            answer=_CELLS / 32,
            says="Who reads whom matters: a reads b, and b reads a. Do not halve the pairs.",
        ),
        Mistake(
            name="the products of deformable attention",
            answer=_CELLS * 16.0,
            says="That is its number of products. Divide the number of dense attention by it.",
        ),
        Mistake(
            name="the products of dense attention",
            answer=float(_CELLS**2),
            says="That is its number of products. Divide it by the number of deformable attention.",
        ),
        Mistake(
            name="what a deformable query reads",
            answer=16.0,
            says="So many places a deformable query reads. How many cells does a dense one read?",
        ),
        Mistake(
            name="all eight heads against one",
            answer=_CELLS / (16 * 8),
            says="Count per head on both sides: dense attention has heads, too.",
        ),
        Mistake(
            name="upside down",
            answer=16 / _CELLS,
            says="How many times *fewer*: the larger number stands above.",
        ),
    ),
    hints=(
        "How many cells do the four maps have together? So many queries there are.",
        "A dense query reads all of them, a deformable one 4 * 4 places.",
        "The number of queries is the same in both, so it cancels: 17,821 against 16.",
    ),
)
