"""The quizzes of lesson 04, in the order of the chapter."""

from locviz.course import Quiz

flood = Quiz(
    name="04.flood",
    title="A sea of background",
    question=(
        "RetinaNet lays 120,087 anchors over a picture of 800 x 800 pixels; an anchor is "
        "positive if its IoU with an object is at least 0.5. The picture holds ten objects. About "
        "how many of the anchors are positive?"
    ),
    choices=("ten", "a few hundred", "about 12,000, a tenth", "nearly half"),
    right="b",
    because=(
        "Some dozens of anchors have nearly an object's place and shape, more if it is large for "
        "its level. So for each positive anchor there are hundreds of negative ones: R-CNN and its "
        "successors *sample*, SSD takes the hardest, RetinaNet changes the loss (chapter 08)."
    ),
)

what_is_slow = Quiz(
    name="04.what_is_slow",
    title="What is slow next",
    question=(
        "R-CNN runs its network on each of 2,000 proposals. Fast R-CNN runs it once per picture "
        "and cuts the proposals out of the feature map. Where does Fast R-CNN spend most of its "
        "time?"
    ),
    choices=(
        "in the network",
        "in cutting out regions",
        "in finding the proposals",
        "in non-maximum suppression",
    ),
    right="c",
    because=(
        "Selective Search needed about two seconds for a picture, on a CPU; the rest of Fast R-CNN "
        "0.3. Whoever makes one part fast finds out what else is slow. Faster R-CNN lets the "
        "network propose."
    ),
)

three_rules = Quiz(
    name="04.three_rules",
    title="Find the mistake",
    question=(
        'A survey writes: "R-CNN trains its support vector machines with the regions whose IoU '
        "with an object is above 0.5 as positive examples.\" The authors' program says something "
        "else. What does it take as positive?"
    ),
    choices=(
        "regions with an IoU above 0.7",
        "the ground-truth boxes alone",
        "regions with an IoU above 0.3",
        "the region with the highest score",
    ),
    right="b",
    because=(
        "R-CNN has three rules for three trainings. Fine-tuning the network: positive from 0.5 on. "
        "The machines: only the ground truth is positive, below 0.3 is negative, what lies between "
        "takes no part. The box regressors: regions above 0.6. The survey mixed up the first two."
    ),
)
