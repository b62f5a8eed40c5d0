"""The quizzes of lesson 13, in the order of the chapter."""

from locviz.course import Quiz

leftover = Quiz(
    name="13.leftover",
    title="Twenty-one without work",
    question=(
        "A DETR predicts 25 boxes for each image, always. An image has four objects. What do the 21 "
        "queries that were matched to none learn from this image?"
    ),
    choices=(
        "nothing: they take no part in the loss",
        'the class "no object", and no box',
        'the class "no object", and the box of the nearest object',
        "the nearest object, with a smaller weight",
    ),
    right="b",
    because=(
        'They learn to predict "no object", and their boxes learn nothing. This is what replaces '
        "suppression: a query keeps still where another one is responsible."
    ),
)

weight_one = Quiz(
    name="13.weight_one",
    title="Everybody counts the same",
    question=(
        "A query without an object has the weight 0.1 in the classification loss. What happens in the "
        "first 80 steps on one picture if the weight is 1, as for the others?"
    ),
    choices=(
        "nothing: there is one picture only",
        "duplicates: several sure boxes per object",
        "the detector is unsure: it finds fewer objects",
        "the boxes are placed worse, the classes as before",
    ),
    right="c",
    because=(
        '"No object" is right for 21 of 25 queries, so it is learned first, by all. After 80 steps '
        "it finds three objects of four, with each of three seeds; with the weight 0.1 all four."
    ),
)

zeros = Quiz(
    name="13.zeros",
    title="An AP of zero",
    question=(
        "Somebody trains DETR from random weights on 40 photographs, with the paper's numbers. After "
        "300 epochs AP is 0.00 on the test photographs. Which test tells you most, within a minute?"
    ),
    choices=(
        "300 more epochs",
        "a lower threshold of the score",
        "train on one photograph alone: does it learn that one by heart?",
        "more queries",
    ),
    right="c",
    because=(
        "If one picture cannot be learned by heart, something is broken: labels, boxes, rate or "
        "loss. If it can, then what is missing is data or time. The two need different cures."
    ),
)
