"""The quizzes of lesson 09, in the order of the chapter."""

from locviz.course import Quiz

forty = Quiz(
    name="09.forty",
    title="How many boxes",
    question=(
        "A trained FCOS looks at scenes with three to eight objects. Every box with a class "
        "probability above 0.05 is a candidate. How many candidates does it have for each object, "
        "on average?"
    ),
    choices=("one or two", "about ten", "about seventy", "about seven hundred"),
    right="c",
    because=(
        "About seventy on the scenes of this chapter; YOLOX has about thirty. Each object had "
        "several positive priors in training, and their neighbours see nearly the same pixels."
    ),
)

at_the_threshold = Quiz(
    name="09.at_the_threshold",
    title="Exactly at the threshold",
    question=(
        "Two boxes of one class have an IoU of exactly 0.5. You call torchvision's NMS with a "
        "threshold of 0.5. What is left?"
    ),
    choices=("both boxes", "the better box", "it depends on their order", "neither"),
    right="a",
    because=(
        "The kernel drops a box whose IoU is *above* the threshold, and 0.5 is not above 0.5. The "
        "papers on Soft-NMS and DIoU-NMS write it the other way: out from the threshold on. On "
        "grids, exact ties do occur."
    ),
)

lower = Quiz(
    name="09.lower",
    title="A stricter threshold",
    question=(
        "Objects of one class stand close together. Somebody is annoyed by duplicates and lowers "
        "the threshold of NMS from 0.5 to 0.3. What happens?"
    ),
    choices=(
        "fewer duplicates, and nothing else",
        "fewer duplicates, but more true objects are lost",
        "more duplicates, but fewer objects are lost",
        "nothing: 0.3 and 0.5 are alike",
    ),
    right="b",
    because=(
        "NMS sees overlaps, not objects. With 0.3 it takes more neighbours for duplicates: on our "
        "packed scenes it loses 11 % of the objects instead of 3 %."
    ),
)

in_training = Quiz(
    name="09.in_training",
    title="Does it learn to predict each object once?",
    question=(
        "YOLOv10's one-to-many head is trained with up to ten positive priors per object. Nothing is "
        "suppressed. How many duplicates does it predict while it trains?"
    ),
    choices=(
        "many at first, then fewer and fewer",
        "none at first, then more, and they stay",
        "the same number from the first step to the last",
        "none at any time",
    ),
    right="b",
    because=(
        "At first no score is high enough to be a detection at all. Then ten priors per object are "
        "told that they are right, and the better they learn it, the more duplicates there are. No "
        "longer training mends that; another target does."
    ),
)
