"""The quizzes of lesson 07, in the order of the chapter."""

from locviz.course import Quiz

silent = Quiz(
    name="07.silent",
    title="A small object",
    question=(
        "A detector has one square anchor per place, 16 pixels and more. It learns by this rule: "
        "an anchor answers for an object that it overlaps by an IoU of 0.5 or more; below 0.4 it "
        "is background. What does it learn about an object of 8 x 8 pixels?"
    ),
    choices=(
        "as much as about any other",
        "less, because fewer anchors answer for it",
        "to call it background",
        "nothing: it is left out of the loss",
    ),
    right="c",
    because=(
        "The best anchor covers it whole and still has an IoU of 64 / 256 = 0.25. So nobody "
        "answers for it, and worse: below the lower threshold an anchor is *background*. The "
        "detector is trained to be silent there. That is why RPN forces the best anchor of each "
        "object, whatever its IoU."
    ),
)

without_nms = Quiz(
    name="07.without_nms",
    title="Nobody tidies up",
    question=(
        "The same detector is trained twice: once with several places answering for each object, "
        "once with exactly one. Then the last stage, suppression of duplicates (NMS), is taken "
        "away. What happens to AP50?"
    ),
    choices=(
        "both keep it",
        "both lose about half",
        "only the first loses much",
        "only the second loses much",
    ),
    right="c",
    because=(
        "Who was taught by five places that each of them is right says everything five times, and "
        "a second box on an object counts as wrong (chapter 03). Who was taught that all but one "
        "are *wrong* says it once. Duplicates are made by the assigner; NMS only hides them."
    ),
)

moving = Quiz(
    name="07.moving",
    title="Promoted and dismissed",
    question=(
        "SimOTA looks at what the network says. After four fifths of a training you ask, on fixed "
        "pictures, who is responsible; train the last fifth, and ask again. Of the priors that "
        "answered at either time, how many have another object the second time, or none?"
    ),
    choices=("hardly any: it has settled", "about one in seven", "about half", "nearly all"),
    right="b",
    because=(
        "About one in seven, in every run that we measured: after all these steps the network is "
        "still being told new things about the same pictures. Between the first and the second "
        "fifth it is about half. The pictures have not changed; the network has, and it chooses "
        "its own teachers."
    ),
)

exact = Quiz(
    name="07.exact",
    title="The exact answer",
    question=(
        "OTA solves a transport problem approximately, by 50 rounds in logarithms. Its problem for "
        "30 objects and 8,400 priors can also be solved exactly. On a CPU, the exact solution "
        "takes ..."
    ),
    choices=(
        "about a hundred times as long",
        "about ten times as long",
        "no longer",
        "so long that nobody has waited for it",
    ),
    right="c",
    because=(
        "On a CPU the exact matching is several times faster than the rounds in logarithms, and "
        "not far from the fastest form of the rounds. What speaks for Sinkhorn is the GPU, where "
        "the costs already are, and where scipy is not."
    ),
)
