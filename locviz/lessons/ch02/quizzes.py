"""The quizzes of lesson 02, in the order of the chapter."""

from locviz.course import Quiz

by_far = Quiz(
    name="02.by_far",
    title="A miss, near and far",
    question=(
        "A prediction lies 5 pixels beside its target, another 500 pixels; neither touches it. The "
        "loss is 1 - IoU. Which of the two does gradient descent pull harder?"
    ),
    choices=(
        "the near one",
        "the far one",
        "both alike, towards the target",
        "neither: there is no gradient",
    ),
    right="d",
    because=(
        "Without an intersection the loss is 1, and it stays 1 however you move the box a little. "
        "A flat place has no slope. In the experiment of this chapter five boxes of six end where "
        "they began for that reason."
    ),
)

inside = Quiz(
    name="02.inside",
    title="A small box inside",
    question=(
        "A small prediction lies wholly inside a large target, but off its centre. Which losses "
        "pull its *centre* towards the middle?"
    ),
    choices=(
        "all five: IoU, GIoU, DIoU, CIoU, EIoU",
        "all but IoU",
        "only DIoU, CIoU and EIoU",
        "none of them",
    ),
    right="c",
    because=(
        "Shift the small box a little: the intersection stays (it is the small box), the union "
        "stays (the target), and so does the hull (the target again). So IoU and GIoU do not "
        "change. The three others measure the distance of the centres, and that changes."
    ),
)

winner = Quiz(
    name="02.winner",
    title="The winner of the race",
    question=(
        "1,715,000 boxes descend to their targets, each step along the exact gradient. After 50 "
        "steps, which loss has left the smaller total error: GIoU (2019), or DIoU (2020), which "
        "was made to converge faster?"
    ),
    choices=("DIoU, by a factor of six", "DIoU, by a little", "GIoU", "they are equal"),
    right="c",
    because=(
        "GIoU is ahead at steps 10, 50, 100 and 200. The printed curves show DIoU ahead by a "
        "factor of six. Those curves were really measured, but with gradients that somebody "
        "wrote by hand, with mistakes. The chapter shows which."
    ),
)

repaired = Quiz(
    name="02.repaired",
    title="One sign",
    question=(
        "The released gradient of DIoU has a wrong sign (`hull_sign`) and terms that should be 0 "
        "(`hull_cross_terms`). Suppose you repair the sign and leave the rest as it is. What "
        "happens to the famous fast convergence?"
    ),
    choices=(
        "it gets faster still",
        "nothing much",
        "it becomes as slow as the exact gradient",
        "it breaks down",
    ),
    right="d",
    because=(
        "The error stays near where it started. With the right sign, the terms that should be 0 "
        "push hard in the wrong direction. The two mistakes had nearly cancelled each other: that is why the "
        "curve looked so good."
    ),
)
