"""The quizzes of lesson 10, in the order of the chapter."""

from locviz.course import Quiz

how_often = Quiz(
    name="10.how_often",
    title="The surest and the best",
    question=(
        "A detector makes many boxes for each object before duplicates are removed. In how many of "
        "100 objects is its most *confident* box also the *best placed* one?"
    ),
    choices=("about 13", "about 40", "about 65", "about 90"),
    right="a",
    because=(
        "In about 13 of 100, in the scenes of this chapter. Several candidates are nearly as good "
        "as the best, so that alone would be harmless. But the surest box has an IoU of 0.79 on "
        "average, the best one 0.88, and for every fourth object the two differ by more than 0.1."
    ),
)

perfect_choice = Quiz(
    name="10.perfect_choice",
    title="If suppression could see",
    question=(
        "A detector has an AP of 0.57. No box and no class score is changed. Only NMS is different: of boxes that "
        "overlap, it keeps the one with the highest *true* IoU. What is AP then?"
    ),
    choices=("0.57: the same boxes", "about 0.59", "about 0.66", "about 0.95"),
    right="c",
    because=(
        "About 0.66: nine points more. The good boxes were there all the time, and NMS threw them "
        "away."
    ),
)

two_verdicts = Quiz(
    name="10.two_verdicts",
    title="Together or one by one",
    question=(
        "Within each of two objects, the surer a box, the *worse* it is placed: Spearman's rho is "
        "-1 for both. Now all six boxes are ranked in one list. What is rho of that list?"
    ),
    choices=(
        "-1",
        "between -1 and 0",
        "it may be anything, even well above 0",
        "0: the two cancel out",
    ),
    right="c",
    because=(
        "If one object is easy (high scores, good boxes) and the other hard, the pooled rho is "
        "positive: it compares boxes of *different* objects, which NMS never does. So a "
        "correlation must say over which population it is taken."
    ),
)

inside = Quiz(
    name="10.inside",
    title="A small anchor inside",
    question=(
        "An anchor of 8 x 8 pixels lies anywhere inside an object of 40 x 40. The poster measures "
        "their overlap by the intersection, divided by the area of the *smaller* of the two. How "
        "large is that?"
    ),
    choices=("0.04, like the IoU", "0.2", "it depends on where the anchor lies", "1"),
    right="d",
    because=(
        "The intersection *is* the anchor, so the share is 1, like that of every other anchor inside: "
        "on its own, the measure makes all of them positive. The weight alpha of the class score has "
        "to keep them out."
    ),
)
