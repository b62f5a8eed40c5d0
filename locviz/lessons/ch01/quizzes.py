"""The quizzes of lesson 01, in the order of the chapter."""

from locviz.course import Quiz

half_shift = Quiz(
    name="01.half_shift",
    title="Half aside, half down",
    question=(
        "Two equal squares lie on each other. You move one to the right by half its width and down "
        "by half its height. What is their IoU?"
    ),
    choices=("1/2", "1/3", "1/4", "1/7"),
    right="d",
    because=(
        "They share a quarter. The union is 1 + 1 - 1/4 = 7/4 of a square, and 1/4 : 7/4 = 1/7."
    ),
)

four_pixels = Quiz(
    name="01.four_pixels",
    title="The same four pixels",
    question=(
        "A box of 16 x 16 pixels is predicted four pixels too far right. So is a box of 160 x 160. "
        "What are the two IoUs?"
    ),
    choices=("0.75 and 0.75", "0.75 and 0.98", "0.60 and 0.95", "0.60 and 0.60"),
    right="c",
    because=(
        "12 of 16 columns are shared, of a union of 20: 0.60. For the large box it is 156 of 164: "
        "0.95. IoU measures an error relative to the size of the object: four pixels hardly "
        "matter on a bus, but they lose a ball."
    ),
)

two_misses = Quiz(
    name="01.two_misses",
    title="Two misses",
    question=(
        "One prediction misses its target by two pixels, another by two hundred: neither touches "
        "it. Which has the larger IoU?"
    ),
    choices=("the near one", "the far one", "neither: both are 0"),
    right="c",
    because=(
        "Without an intersection IoU is 0 at every distance. As a score that may be fair. As a "
        "loss it gives no direction: it does not say which way the box should move. That is why "
        "GIoU and its family exist."
    ),
)
