"""The quizzes of lesson 07, in the order of the chapter."""

from locviz.course import Quiz

silent = Quiz(
    name="07.silent",
    title="A small object",
    question=(
        "A detector has one square anchor per location, with sides of 16 pixels or more. It is "
        "trained by this rule: an anchor is responsible for an object that it overlaps by an IoU "
        "of 0.5 or more; below 0.4 it is background. What does the detector learn about an object "
        "of 8 x 8 pixels?"
    ),
    choices=(
        "as much as about any other",
        "less, because fewer anchors are responsible for it",
        "to call it background",
        "nothing: it is left out of the loss",
    ),
    right="c",
    because=(
        "The best anchor covers the whole object and still has an IoU of only 64 / 256 = 0.25. So "
        "no anchor is responsible for it. Worse: below the lower threshold an anchor is "
        "*background*, and the detector is trained to report nothing there. That is why RPN makes "
        "the best anchor of each object positive, whatever its IoU."
    ),
)

without_nms = Quiz(
    name="07.without_nms",
    title="Without suppression",
    question=(
        "The same detector is trained twice: once with several positive locations per object, "
        "once with exactly one. Then the last stage, the suppression of duplicates (NMS), is "
        "switched off. What happens to AP50?"
    ),
    choices=(
        "both keep it",
        "both lose about half",
        "only the first loses much",
        "only the second loses much",
    ),
    right="c",
    because=(
        "Trained with several positives per object, the detector predicts each object several "
        "times, and a second box on an object counts as wrong (chapter 03). Where the training "
        "makes all locations but one *background*, it predicts the object once. The assigner makes "
        "the duplicates; NMS only hides them."
    ),
)

moving = Quiz(
    name="07.moving",
    title="Promoted and dismissed",
    question=(
        "SimOTA looks at what the network predicts. After four fifths of a training you write "
        "down, on fixed pictures, which prior is responsible for which object. You train the last "
        "fifth and write it down again. Of the priors that were positive at either time, how many "
        "have another object the second time, or none?"
    ),
    choices=("hardly any: it has settled", "about one in seven", "about half", "nearly all"),
    right="b",
    because=(
        "About one in seven, in every run that we measured: even so late, the network still gets "
        "new targets for the same pictures. Between the first and the second fifth it is about "
        "half. The pictures have not changed; the network has, and SimOTA's targets depend on what "
        "the network predicts."
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
        "longer than an hour",
    ),
    right="c",
    because=(
        "On a CPU the exact matching is several times faster than the rounds in logarithms, and "
        "not much slower than the fastest form of the rounds. Sinkhorn has its advantage on a GPU: "
        "the costs are there already, and scipy's exact solver runs on the CPU only."
    ),
)
