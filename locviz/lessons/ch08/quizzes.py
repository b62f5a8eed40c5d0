"""The quizzes of lesson 08, in the order of the chapter."""

from locviz.course import Quiz

drowned = Quiz(
    name="08.drowned",
    title="A hundred thousand small ones",
    question=(
        "A detector makes 100,000 predictions for background, and each is right with a probability "
        "of 99 %. It makes ten for objects, and gives each of them only 10 %. All losses, "
        "-log of the probability of the true answer, are added up. Which part of the sum comes from "
        "the objects?"
    ),
    choices=("nearly all of it", "about half", "about a fifth", "about a fiftieth"),
    right="d",
    because=(
        "One easy negative costs -log 0.99 = 0.01, a hundred thousand of them 1005. Ten badly missed "
        "objects cost 10 times -log 0.1 = 23. So the objects make 2 % of the sum, although each of "
        "them is 230 times as wrong."
    ),
)

first_loss = Quiz(
    name="08.first_loss",
    title="The first number on the screen",
    question=(
        "An untrained detector has a bias of 0 in its last layer, so it gives every class of every "
        "anchor a probability of 0.5. The scenes below have a thousand background anchors for each "
        "positive anchor, and three classes. Cross entropy is summed and divided by the number of "
        "positive anchors. How large is it at step 0?"
    ),
    choices=("above 2,000", "about 700", "about 70", "about 0.7"),
    right="a",
    because=(
        "Each prediction costs -log 0.5 = 0.69, and there are more than 3,000 predictions for each "
        "positive anchor: a thousand anchors with three classes each. If the head starts at a "
        "probability of 0.01, the same sum is about 40."
    ),
)

which_alpha = Quiz(
    name="08.which_alpha",
    title="The weight of an object",
    question=(
        "Focal loss has two numbers. alpha is the weight of positives and 1 - alpha that of "
        "negatives. gamma says how much less an easy prediction counts; 0 changes nothing. "
        "With gamma = 0 the best alpha in the paper was 0.75. Which one did its authors find best "
        "with gamma = 2?"
    ),
    choices=("0.1", "0.25", "0.75", "0.9"),
    right="b",
    because=(
        "0.25: positives weigh *less* than negatives. With gamma = 2 easy negatives hold so little "
        "that it is the positives, nearly all of them hard, that would dominate. gamma and alpha "
        "have to be chosen together."
    ),
)

winner = Quiz(
    name="08.winner",
    title="Four losses, one detector",
    question=(
        "The same small RetinaNet is trained for 300 steps on these scenes with each of four losses of "
        "the classes; all heads start at a probability of 0.01. Which has the highest AP50 "
        "afterwards, in each of three seeds?"
    ),
    choices=(
        "cross entropy",
        "balanced cross entropy, alpha 0.75",
        "cross entropy on three hard negatives per positive",
        "focal loss",
    ),
    right="c",
    because=(
        "Three hard negatives for each positive, by 7 to 12 points over the next best of the four "
        "in every seed. Focal loss was made to replace mining. Here it is ahead of cross entropy "
        "after 100 steps in two of three seeds, and after 300 both have a mean AP50 of 0.51: few "
        "steps on plain backgrounds are another experiment."
    ),
)
