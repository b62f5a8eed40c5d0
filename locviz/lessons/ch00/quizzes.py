"""The quizzes of lesson 00, in the order of the chapter."""

from locviz.course import Quiz

tenth = Quiz(
    name="00.tenth",
    title="One tenth aside",
    question=(
        "Two squares of the same size lie exactly on each other: IoU 1. You move one of them to "
        "the right by a tenth of its width. What is the IoU now?"
    ),
    choices=("0.95", "0.90", "0.82", "0.50"),
    right="c",
    because=(
        "Nine tenths are still shared, but the union has grown to eleven tenths: 0.9 / 1.1 = 0.82. "
        "A box that looks almost perfect has already lost a fifth."
    ),
)
