"""Find the mistake: SimOTA's cost as a survey prints it, and as YOLOX has it."""

import torch

from locviz.course import Case, Exercise, Mistake


def _solution(p_class, p_object, label, iou, near):
    probability = (p_class * p_object).sqrt()
    wanted = torch.zeros_like(p_class)
    wanted[label] = 1
    hit, miss = probability.log(), (1 - probability).log()
    cross_entropy = -(wanted * hit + (1 - wanted) * miss).sum()
    return cross_entropy - 3 * iou.log() + 1e6 * (not near)


def _bce(probability, label):
    wanted = torch.zeros_like(probability)
    wanted[label] = 1
    return -(wanted * probability.log() + (1 - wanted) * (1 - probability).log()).sum()


def _as_in_the_survey(p_class, p_object, label, iou, near):
    return _bce((p_class * p_object).sqrt(), label) + 3 * (1 - iou) + 1e6 * (not near)


def _no_root(p_class, p_object, label, iou, near):
    return _bce(p_class * p_object, label) - 3 * iou.log() + 1e6 * (not near)


def _true_class_only(p_class, p_object, label, iou, near):
    return -(p_class * p_object)[label].sqrt().log() - 3 * iou.log() + 1e6 * (not near)


def _weight_one(p_class, p_object, label, iou, near):
    return _bce((p_class * p_object).sqrt(), label) - iou.log() + 1e6 * (not near)


def _distant_is_free(p_class, p_object, label, iou, near):
    return _bce((p_class * p_object).sqrt(), label) - 3 * iou.log()


_CLASSES = torch.tensor([0.7, 0.1, 0.2])


def _objectness_ignored(p_class, p_object, label, iou, near):
    return _bce(p_class.sqrt(), label) - 3 * iou.log() + 1e6 * (not near)


def _class_loss_averaged(p_class, p_object, label, iou, near):
    class_cost = _bce((p_class * p_object).sqrt(), label) / len(p_class)
    return class_cost - 3 * iou.log() + 1e6 * (not near)


def _python_bool_inverted(p_class, p_object, label, iou, near):
    distant = -1 - int(near)  # what `~near` is for Python's own True and False
    return _bce((p_class * p_object).sqrt(), label) - 3 * iou.log() + 1e6 * distant


def _near_pays(p_class, p_object, label, iou, near):
    return _bce((p_class * p_object).sqrt(), label) - 3 * iou.log() + 1e6 * near


def _logarithm_positive(p_class, p_object, label, iou, near):
    return _bce((p_class * p_object).sqrt(), label) + 3 * iou.log() + 1e6 * (not near)


simota_cost = Exercise(
    name="07.simota_cost",
    title="Find the mistake: SimOTA's cost",
    task=(
        "A survey says of SimOTA: its cost is the classification cost plus lambda times a "
        "regression cost, for example 1 - IoU. With lambda = 3, one part of that is not what YOLOX "
        "does. The cell of code above has all that you need, and in words: "
        "the class cost is the binary cross-entropy of `(p_class * p_object).sqrt()` "
        "against 1 for the object's class and 0 for the others, summed over the classes. The "
        "regression cost is 0 at IoU 1 and goes to *infinity* as the IoU goes to 0: it is the cost "
        "of a probability, taken of the IoU. A prior that is not `near` the object's centre costs "
        "1e6 more. Write `simota_cost(p_class, p_object, label, iou, near)` for one pair: "
        "`p_class` (k,) and `p_object` are probabilities, `label` is the object's class, `iou` a "
        "tensor."
    ),
    answer=_solution,
    cases=(
        Case(
            args=(_CLASSES, torch.tensor(0.8), 0, torch.tensor(0.9), True), says="a good prediction"
        ),
        Case(
            args=(_CLASSES, torch.tensor(0.5), 1, torch.tensor(0.1), True),
            says="a wrong class and a bad box",
        ),
        Case(
            args=(_CLASSES, torch.tensor(0.8), 0, torch.tensor(0.6), False),
            says="a prior that is not near",
        ),
    ),
    mistakes=(
        Mistake(
            name="the survey's 1 - IoU",
            answer=_as_in_the_survey,
            says=(
                "The code has `-log(IoU)`. The two agree near IoU 1. But a box of IoU 0.1 costs "
                "6.9 by the code, 2.7 by the survey: there a good class could outvote a bad box."
            ),
        ),
        Mistake(
            name="the root is missing",
            answer=_no_root,
            says=(
                "Two probabilities are multiplied, so both would be punished twice: YOLOX takes "
                "the square root."
            ),
        ),
        Mistake(
            name="only the true class counts",
            answer=_true_class_only,
            says=(
                "It is *binary* cross-entropy, summed over all classes: a confident wrong class "
                "costs as well."
            ),
        ),
        Mistake(
            name="the weight 3 is missing",
            answer=_weight_one,
            says="That part of the sentence was right: the regression cost counts three times.",
        ),
        Mistake(
            name="a distant prior costs nothing more",
            answer=_distant_is_free,
            says="1e6 keeps it out, unless an object has no other prior at all.",
        ),
        Mistake(
            name="`~` on Python's True",
            answer=_python_bool_inverted,
            says=(
                "`~` inverts a tensor of True and False, as in the package. Here `near` is Python's "
                "own: `~True` is -2. Write `not near`."
            ),
        ),
        Mistake(
            name="a near prior pays",
            answer=_near_pays,
            says="The 1e6 is for a prior that is *not* near.",
        ),
        Mistake(
            name="the logarithm's sign is turned",
            answer=_logarithm_positive,
            says="`log(IoU)` is negative: so a bad box would be cheap. The cost is `-log(IoU)`.",
        ),
        Mistake(
            name="the objectness is ignored",
            answer=_objectness_ignored,
            says=(
                "The score of a class in YOLOX is class probability times objectness; the cost "
                "takes the square root of that product."
            ),
        ),
        Mistake(
            name="the class cost is averaged",
            answer=_class_loss_averaged,
            says=(
                "The binary cross-entropy is *summed* over the classes: a mean would make the box "
                "weigh more, the more classes there are."
            ),
        ),
    ),
    hints=(
        "Three terms: class, box, place. Two of the survey's are right.",
        "What happens to `1 - IoU` and to `-log(IoU)` when IoU goes to 0?",
        (
            "`cross_entropy - 3 * iou.log() + 1e6 * (not near)`, with `(p_class * "
            "p_object).sqrt()` as the probability."
        ),
    ),
)
