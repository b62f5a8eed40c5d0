"""The quizzes of lesson 14, in the order of the chapter."""

from locviz.course import Quiz

unstable = Quiz(
    name="14.unstable",
    title="The same query again?",
    question=(
        "A plain DETR is trained on eight scenes with 24 objects, over and over. After five epochs "
        "we ask again which query each object is matched to. How many objects have another one?"
    ),
    choices=("none or one", "about six", "about twelve", "nearly all"),
    right="d",
    because=(
        "Nearly all. At first all boxes are about as bad, so tiny differences in cost decide. What "
        "a query was taught for one object is taught to another query next time."
    ),
)

spread = Quiz(
    name="14.spread",
    title="Where to look?",
    question=(
        "The same DETR before its first step. A head of its decoder reads a map of 64 cells. By the "
        "entropy of its weights, from how many cells does it read?"
    ),
    choices=("1 or 2", "about 8", "about 32", "nearly all 64"),
    right="d",
    because=(
        "Nearly all 64. Queries and keys have nothing to do with each other yet, so all products "
        "are small, and the softmax of small numbers is flat. Training has to learn where to look."
    ),
)

dragged = Quiz(
    name="14.dragged",
    title="Move the reference",
    question=(
        "A query of deformable attention looks at 32 places around its reference point. You drag "
        "that point ten pixels to the right, onto another object. What happens in this layer?"
    ),
    choices=(
        "the places move along, and the weights are computed anew from what lies there",
        "the places move along, and the weights stay",
        "the places stay on the old object",
        "the query finds the places of the new object's borders",
    ),
    right="b",
    because=(
        "Offsets and weights are two linear layers on the *query* alone. They do not see the image. "
        "Only the values that are read there change; the next layer's query knows of them."
    ),
)

best_boxes = Quiz(
    name="14.best_boxes",
    title="A better start, a calmer match?",
    question=(
        "Queries start from the encoder's 25 best boxes, sorted by score. Such a detector soon "
        "learns faster than plain DETR. Do fewer of its objects change their query's *number* in "
        "the first epochs?"
    ),
    choices=("far fewer", "about half as many", "no, as many or more", "none change"),
    right="c",
    because=(
        "As many or more. Query 0 is whichever box scores best now, so a number means another place "
        "in each epoch. The box that an object is matched to may hardly move. A flip of numbers is "
        "bad only where a number has knowledge of its own."
    ),
)
