"""The exercises of lesson 07 about transport: Sinkhorn, reading the plan, dynamic k; and a mistake
to find.
"""

import torch

from locviz.course import Case, Exercise, Mistake


def _sinkhorn(cost, supply, demand, eps, rounds):
    kernel = torch.exp(-cost / eps)
    u = torch.ones_like(supply)
    for _ in range(rounds):
        v = demand / (kernel.T @ u)
        u = supply / (kernel @ v)
    return u[:, None] * kernel * v


def _without_eps(cost, supply, demand, eps, rounds):
    return _sinkhorn(cost, supply, demand, 1.0, rounds)


def _cost_attracts(cost, supply, demand, eps, rounds):
    return _sinkhorn(-cost, supply, demand, eps, rounds)


def _a_softmax(cost, supply, demand, eps, rounds):
    return supply[:, None] * torch.softmax(-cost / eps, 1)


def _nothing_scaled(cost, supply, demand, eps, rounds):
    return torch.exp(-cost / eps)


def _one_round(cost, supply, demand, eps, rounds):
    return _sinkhorn(cost, supply, demand, eps, 1)


_COST = torch.tensor([[0.1, 0.5, 0.9, 0.4], [0.8, 0.2, 0.3, 0.6], [0.6, 0.6, 0.5, 0.3]])

sinkhorn = Exercise(
    name="07.sinkhorn",
    title="Sinkhorn's rounds",
    task=(
        "Write `sinkhorn(cost, supply, demand, eps, rounds)`. Rows of `cost` are suppliers, columns are those who "
        "demand. Begin with `exp(-cost / eps)`. In each round scale the columns so that they sum to `demand`, then the "
        "rows so that they sum to `supply`. Return the plan after the last round."
    ),
    answer=_sinkhorn,
    cases=(
        Case(args=(_COST, torch.tensor([1.0, 1.0, 2.0]), torch.ones(4), 0.1, 100), says="three suppliers, four priors"),
        Case(args=(_COST[:2, :3], torch.tensor([2.0, 1.0]), torch.ones(3), 0.5, 3), says="a large eps, three rounds"),
    ),
    mistakes=(
        Mistake(
            name="softmax: only the rows are scaled",
            answer=_a_softmax,
            says=(
                "A softmax over each row makes the rows right, and one prior may be sold three times. The columns have "
                "their sum too; that is why there are rounds."
            ),
        ),
        Mistake(
            name="eps is missing",
            answer=_without_eps,
            says="Divide the cost by eps. At eps = 1 the plan is nearly flat: costs of 0..1 hardly count.",
        ),
        Mistake(
            name="cost attracts",
            answer=_cost_attracts,
            says="`exp(cost / eps)` sends most where it is dearest. The sign must be minus.",
        ),
        Mistake(
            name="nothing was scaled",
            answer=_nothing_scaled,
            says="That is where the rounds begin. Neither rows nor columns sum to what they should.",
        ),
        Mistake(
            name="one round only",
            answer=_one_round,
            says="Scaling the rows spoils the columns a little. Repeat it `rounds` times.",
        ),
    ),
    hints=(
        "Two vectors are enough: a factor `u` per row and a factor `v` per column. The plan is `u * kernel * v`.",
        "Column sums of `u * kernel` are `kernel.T @ u`: the new `v` is `demand` over that. The rows likewise.",
        "`v = demand / (kernel.T @ u)`, `u = supply / (kernel @ v)`, and in the end `u[:, None] * kernel * v`.",
    ),
)  # fmt: skip


def _owners(plan):
    share = plan / plan.max(1, keepdim=True).values
    owner = share.argmax(0)
    return torch.where(owner == len(plan) - 1, -1, owner)


def _not_rescaled(plan):
    owner = plan.argmax(0)
    return torch.where(owner == len(plan) - 1, -1, owner)


def _by_the_sum(plan):
    owner = (plan / plan.sum(1, keepdim=True)).argmax(0)
    return torch.where(owner == len(plan) - 1, -1, owner)


def _background_is_an_object(plan):
    return (plan / plan.max(1, keepdim=True).values).argmax(0)


def _each_row_its_best(plan):
    return (plan / plan.max(1, keepdim=True).values).argmax(1)


_PLAN = torch.tensor([
    [0.60, 0.30, 0.10, 0.00, 0.00, 0.00],
    [0.00, 0.42, 0.40, 0.18, 0.00, 0.00],
    [0.40, 0.28, 0.50, 0.82, 1.00, 1.00],
])  # fmt: skip
_LARGE_SUPPLY = torch.tensor(
    [[0.36, 0.50, 0.14, 0.0], [0.60, 0.45, 0.75, 0.20], [0.04, 0.05, 0.11, 0.80]]
)
_TORN = torch.tensor([
    [0.35, 0.34, 0.31, 0.00, 0.00],
    [0.00, 0.05, 0.15, 0.80, 0.00],
    [0.65, 0.61, 0.54, 0.20, 1.00],
])  # fmt: skip

owners = Exercise(
    name="07.owners",
    title="From a plan to an answer",
    task=(
        "A plan `(g + 1, p)`: row `i` is what object `i` gives to each prior, the last row what the background gives. "
        "Write `owners(plan)`: the object that each prior answers for, -1 for background. Before you compare the "
        "suppliers, divide each row by its largest entry, as OTA's code does."
    ),
    answer=_owners,
    cases=(
        Case(args=(_TORN,), says="an object that gives everybody a little"),
        Case(args=(_PLAN,), says="two objects, six priors"),
        Case(args=(_LARGE_SUPPLY,), says="one object supplies twice as much as the other"),
        Case(args=(torch.tensor([[0.2, 0.2, 0.2, 0.2, 0.2], [0.8, 0.8, 0.8, 0.8, 0.8]]),), says="all alike"),
        Case(args=(torch.tensor([[0.5, 0.2, 0.2], [0.4, 0.3, 0.3], [0.1, 0.5, 0.5]]),), says="two like one prior"),
    ),
    mistakes=(
        Mistake(
            name="the rows are not rescaled",
            answer=_not_rescaled,
            says=(
                "An object that spreads its supply over many priors has nowhere the largest entry, and gets *nobody*. "
                "Divide each row by its maximum: then each object's favourite stands at 1."
            ),
        ),
        Mistake(
            name="argmax over the wrong axis",
            answer=_each_row_its_best,
            says="`argmax(1)` asks each supplier for its favourite. Here each *prior* asks who gives most.",
        ),
        Mistake(
            name="rescaled by the sum",
            answer=_by_the_sum,
            says="The sum is the supply: an object with a large supply is then punished for it. Divide by the maximum.",
        ),
        Mistake(
            name="the background is an object",
            answer=_background_is_an_object,
            says="The last row is no object. Where it wins, the answer is -1.",
        ),
    ),
    hints=(
        "Whose maximum: along a row or along a column? And who asks afterwards, the row or the column?",
        "`plan / plan.max(1, keepdim=True).values` puts each supplier's favourite at 1. Then each column decides.",
        "`owner = share.argmax(0)`, and where that is the last row, -1.",
    ),
)  # fmt: skip

dynamic_k = Exercise(
    name="07.dynamic_k",
    title="How many does an object get?",
    task=(
        "SimOTA takes the ten largest IoUs that an object has with predictions, adds them up and rounds *down*, but "
        "never below one. For the IoUs 0.81, 0.75, 0.60, 0.42, 0.20, 0.07 and none else: how many priors does it get?"
    ),
    answer=2,
    mistakes=(
        Mistake(
            name="rounded to the nearest",
            answer=3,
            says="The sum is 2.85. The code cuts the fraction off: `int(...)`.",
        ),
        Mistake(name="the sum itself", answer=2.85, says="A number of priors is a whole number: cut the fraction off."),
        Mistake(
            name="counted, not added",
            answer=6,
            says="Six predictions touch the object, but a bad one counts little: the IoUs are *added*.",
        ),
        Mistake(
            name="the clamp was taken for the rule",
            answer=1,
            says="One is the least that an object gets, early in training, when all its IoUs are small.",
        ),
    ),
    hints=(
        "What is the sum of the six?",
        "It is 2.85. Down, not to the nearest.",
        "`max(int(2.85), 1)`.",
    ),
)  # fmt: skip


def _simota_cost(p_class, p_object, label, iou, near):
    probability = (p_class * p_object).sqrt()
    wanted = torch.zeros_like(p_class)
    wanted[label] = 1
    cross_entropy = -(wanted * probability.log() + (1 - wanted) * (1 - probability).log()).sum()
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

simota_cost = Exercise(
    name="07.simota_cost",
    title="Find the mistake: SimOTA's cost",
    task=(
        "A survey says of SimOTA: its cost is the classification cost plus lambda times a regression cost, for example "
        "1 - IoU. Read `SimOTA` above: with lambda = 3, one part of that is not what YOLOX does. Write "
        "`simota_cost(p_class, p_object, label, iou, near)` for a pair as YOLOX has it: `p_class` (k,) and `p_object` "
        "are probabilities, `label` is the object's class, `iou` a tensor; a prior that is not `near` the object's "
        "centre costs 1e6 more."
    ),
    answer=_simota_cost,
    cases=(
        Case(args=(_CLASSES, torch.tensor(0.8), 0, torch.tensor(0.9), True), says="a good prediction"),
        Case(args=(_CLASSES, torch.tensor(0.5), 1, torch.tensor(0.1), True), says="a wrong class and a bad box"),
        Case(args=(_CLASSES, torch.tensor(0.8), 0, torch.tensor(0.6), False), says="a prior that is not near"),
    ),
    mistakes=(
        Mistake(
            name="the survey's 1 - IoU",
            answer=_as_in_the_survey,
            says=(
                "The code has `-log(IoU)`. The two agree near IoU 1. But a box of IoU 0.1 costs 6.9 by the code, 2.7 "
                "by the survey: there a good class could outvote a bad box."
            ),
        ),
        Mistake(
            name="the root is missing",
            answer=_no_root,
            says="Two probabilities are multiplied, so both would be punished twice: YOLOX takes the square root.",
        ),
        Mistake(
            name="only the true class counts",
            answer=_true_class_only,
            says="It is *binary* cross-entropy, summed over all classes: a confident wrong class costs as well.",
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
    ),
    hints=(
        "Three terms: class, box, place. Two of the survey's are right.",
        "What happens to `1 - IoU` and to `-log(IoU)` when IoU goes to 0?",
        "`cross_entropy - 3 * iou.log() + 1e6 * (not near)`, with `(p_class * p_object).sqrt()` as the probability.",
    ),
)  # fmt: skip
