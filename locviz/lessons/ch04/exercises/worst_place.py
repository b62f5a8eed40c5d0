"""The best IoU of an object that lies between four anchors."""

from locviz.course import Exercise, Mistake

worst_place = Exercise(
    name="04.worst_place",
    title="The worst place to be",
    task=(
        "Square anchors of 32 pixels stand 16 pixels apart in both directions. An object is 32 x "
        "32 pixels, exactly their size, but its centre lies as far from the anchors' centres as it "
        "can. What is the best IoU that it gets? Three digits are enough."
    ),
    answer=576 / 1472,
    tolerance=2e-3,
    mistakes=(
        Mistake(
            name="a whole step away",
            answer=256 / 1792,
            says=(
                "16 pixels away is already the next anchor. The worst place is in the middle: 8 "
                "pixels from both."
            ),
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
        (
            "Draw four neighbouring centres, 16 pixels apart. Where inside their square is the "
            "centre of the object?"
        ),
        (
            "8 pixels away in x and 8 in y. How large is the part that a square of 32 shares with "
            "its shifted copy?"
        ),
        "24 x 24 of a union of 1024 + 1024 - 576.",
    ),
)
