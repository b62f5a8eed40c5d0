"""Focal loss from logits, for any size of logit."""

import torch
import torch.nn.functional as F

from locviz.course import Case, Exercise, Mistake


def _solution(logits, targets, alpha, gamma):
    signed = torch.where(targets == 1, logits, -logits)
    weight = torch.where(targets == 1, alpha, 1 - alpha)
    return -weight * torch.sigmoid(-signed) ** gamma * F.logsigmoid(signed)


def _cross_entropy(logits, targets):
    return -F.logsigmoid(torch.where(targets == 1, logits, -logits))


def _miss(logits, targets):
    return torch.sigmoid(torch.where(targets == 1, -logits, logits))


def _unstable(logits, targets, alpha, gamma):
    p = torch.sigmoid(logits)
    p_t = torch.where(targets == 1, p, 1 - p)
    weight = torch.where(targets == 1, alpha, 1 - alpha)
    return -weight * (1 - p_t) ** gamma * torch.log(p_t)


def _from_probabilities(logits, targets, alpha, gamma):
    weight = torch.where(targets == 1, alpha, 1 - alpha)
    entropy = F.binary_cross_entropy(torch.sigmoid(logits), targets, reduction="none")
    return weight * _miss(logits, targets) ** gamma * entropy


def _minus_left_out(logits, targets, alpha, gamma):
    return -_solution(logits, targets, alpha, gamma)


def _logarithm_left_out(logits, targets, alpha, gamma):
    weight = torch.where(targets == 1, alpha, 1 - alpha)
    return weight * _miss(logits, targets) ** gamma


def _alpha_for_all(logits, targets, alpha, gamma):
    return alpha * _miss(logits, targets) ** gamma * _cross_entropy(logits, targets)


def _alphas_exchanged(logits, targets, alpha, gamma):
    return _solution(logits, targets, 1 - alpha, gamma)


def _alpha_left_out(logits, targets, alpha, gamma):
    return _miss(logits, targets) ** gamma * _cross_entropy(logits, targets)


def _easy_up(logits, targets, alpha, gamma):
    weight = torch.where(targets == 1, alpha, 1 - alpha)
    return weight * (1 - _miss(logits, targets)) ** gamma * _cross_entropy(logits, targets)


def _p_for_p_t(logits, targets, alpha, gamma):
    weight = torch.where(targets == 1, alpha, 1 - alpha)
    return weight * torch.sigmoid(-logits) ** gamma * _cross_entropy(logits, targets)


def _gamma_multiplied(logits, targets, alpha, gamma):
    weight = torch.where(targets == 1, alpha, 1 - alpha)
    return weight * gamma * _miss(logits, targets) * _cross_entropy(logits, targets)


_LOGITS = torch.tensor([2.2, -1.4, 0.3, -3.0, 1.1])
_TARGETS = torch.tensor([1.0, 1.0, 0.0, 0.0, 0.0])

focal_loss = Exercise(
    name="08.focal_loss",
    title="Focal loss from logits",
    task=(
        "Write `focal_loss(logits, targets, alpha, gamma)`: logits `(n,)` before the sigmoid, "
        "targets `(n,)` of 0 and 1, to the losses `(n,)`. Positives have the weight `alpha`, "
        "negatives `1 - alpha`. It must be finite for a logit of -200, too."
    ),
    answer=_solution,
    cases=(
        Case(args=(_LOGITS, _TARGETS, 0.25, 2.0), says="two positives, three negatives"),
        Case(args=(_LOGITS, _TARGETS, 0.9, 0.5), says="another alpha and gamma"),
        Case(
            args=(torch.tensor([-200.0, 200.0]), torch.tensor([1.0, 0.0]), 0.75, 2.0),
            says="two very wrong logits, whose loss no clamp and no epsilon may cut off",
        ),
    ),
    mistakes=(
        Mistake(
            name="the logarithm of a rounded sigmoid",
            answer=_unstable,
            says=(
                "The formula is right, but `sigmoid(-200)` rounds to 0 and its logarithm is minus "
                "infinity. Go from the logit to the logarithm in one step: `F.logsigmoid`, or "
                "`F.binary_cross_entropy_with_logits`."
            ),
        ),
        Mistake(
            name="cross entropy from probabilities",
            answer=_from_probabilities,
            says=(
                "`F.binary_cross_entropy` takes probabilities, and cuts every logarithm off at -100. "
                "Take `F.binary_cross_entropy_with_logits`."
            ),
        ),
        Mistake(
            name="the minus is missing",
            answer=_minus_left_out,
            says="log p_t is never above 0, so a loss needs the minus in front.",
        ),
        Mistake(
            name="the logarithm is missing",
            answer=_logarithm_left_out,
            says="That is the weight alone. It stands before -log p_t, the cross entropy.",
        ),
        Mistake(
            name="alpha for positives and negatives",
            answer=_alpha_for_all,
            says="One number for all changes no balance. Negatives have the weight 1 - alpha.",
        ),
        Mistake(
            name="alpha and 1 - alpha are exchanged",
            answer=_alphas_exchanged,
            says="In the paper alpha is the weight of the *positives*.",
        ),
        Mistake(
            name="alpha is missing",
            answer=_alpha_left_out,
            says="That is equation 4. The one that the paper uses, equation 5, has alpha_t as well.",
        ),
        Mistake(
            name="easy examples count more",
            answer=_easy_up,
            says="p_t ** gamma makes easy examples heavy. The factor is (1 - p_t) ** gamma.",
        ),
        Mistake(
            name="1 - p for everybody",
            answer=_p_for_p_t,
            says=(
                "`1 - p` is right for positives alone. For a negative p_t is 1 - p, so its factor "
                "is p ** gamma. With yours the easiest negatives are the heaviest."
            ),
        ),
        Mistake(
            name="gamma as a factor",
            answer=_gamma_multiplied,
            says="gamma is an exponent: (1 - p_t) ** gamma.",
        ),
    ),
    hints=(
        "Turn the sign of the logit of every negative: then sigmoid of it is p_t for all.",
        "With s for the signed logit: p_t is sigmoid(s), 1 - p_t is sigmoid(-s), log p_t is logsigmoid(s).",
        (
            "`s = torch.where(targets == 1, logits, -logits)`; then `-weight * torch.sigmoid(-s) ** "
            "gamma * F.logsigmoid(s)`."
        ),
    ),
)
