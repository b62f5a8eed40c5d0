"""A decoder layer moves a box: in the space of logits, and without a gradient into the old box."""

import torch

from locviz.course import Case, Exercise, Mistake


def _boxes_and_slopes(answer, reference, delta):
    """What is compared: the new boxes (n, 4), then the gradients of a weighted sum by both inputs,
    stacked as (3, n, 4).
    """
    leaves = reference.requires_grad_(), delta.requires_grad_()
    # Views, as a layer is given what another one made: a gradient cannot be switched off in place, and
    # who writes into them is found out.
    value = answer(*(one.view_as(one) for one in leaves))
    if value is None or value is Ellipsis:  # not written yet
        return None
    value = torch.as_tensor(value)
    if value.shape != delta.shape:
        raise ValueError(f"the result must be {tuple(delta.shape)}, got {tuple(value.shape)}")
    slopes = torch.zeros(reference.shape), torch.zeros(delta.shape)
    if value.requires_grad:
        weights = torch.arange(1.0, value.numel() + 1).view(value.shape).to(value)
        total = (value * weights).sum()
        slopes = torch.autograd.grad(total, leaves, materialize_grads=True)
    return torch.stack([value.detach(), *slopes])


def _solution(reference, delta):
    return (reference.detach().logit() + delta).sigmoid()


def _gradient_flows(reference, delta):
    return (reference.logit() + delta).sigmoid()


def _share_space(reference, delta):
    return reference.detach() + delta


def _share_space_clamped(reference, delta):
    return (reference.detach() + delta).clamp(0, 1)


def _sigmoid_of_delta(reference, delta):
    return reference.detach() + delta.sigmoid()


def _no_inverse(reference, delta):
    return (reference.detach() + delta).sigmoid()


def _no_sigmoid(reference, delta):
    return reference.detach().logit() + delta


def _sigmoid_for_its_inverse(reference, delta):
    return (reference.detach().sigmoid() + delta).sigmoid()


def _away(reference, delta):
    return (reference.detach().logit() - delta).sigmoid()


def _offsets(reference, delta):
    center, size = reference.detach().chunk(2, -1)
    move, grow = delta.chunk(2, -1)
    return torch.cat([center + move * size, size * grow.exp()], -1)


def _log_alone(reference, delta):
    return (reference.detach().log() + delta).sigmoid()


def _delta_detached(reference, delta):
    return (reference.logit() + delta.detach()).sigmoid()


def _all_detached(reference, delta):
    return (reference.logit() + delta).sigmoid().detach()


def _forgets_the_reference(reference, delta):
    return delta.sigmoid()


refine = Exercise(
    name="14.refine",
    title="A layer moves a box",
    task=(
        "A reference box `(n, 4)` is centre and size in shares of the image, 0..1. A layer predicts "
        "`delta` (n, 4). Write `refine(reference, delta)`: take the reference to the space of "
        "logits (the inverse of the sigmoid), add delta, come back by the sigmoid. Gradients flow "
        "into delta, not into the reference: each layer learns its own step. The check looks at the "
        "boxes and at both gradients."
    ),
    answer=_solution,
    probe=_boxes_and_slopes,
    cases=(
        Case(
            args=(torch.tensor([[0.5, 0.5, 0.2, 0.3]]), torch.tensor([[0.4, -0.8, 0.1, 0.0]])),
            says="one box; shown are the boxes, then the gradients by the reference and by delta",
        ),
        Case(
            args=(
                torch.tensor([[0.95, 0.1, 0.2, 0.4], [0.3, 0.6, 0.05, 0.9]]),
                torch.tensor([[1.0, -2.0, 0.5, -0.3], [0.0, 0.7, -1.5, 2.0]]),
            ),
            says="boxes near the border, large steps; shown as before",
        ),
    ),
    mistakes=(
        Mistake(
            name="the gradient flows into the reference",
            answer=_gradient_flows,
            says="The boxes are right. Cut the old box off with `detach()`.",
        ),
        Mistake(
            name="added in shares",
            answer=_share_space,
            says=(
                "A box at 0.95 that moves by 1.0 would lie at 1.95, outside the image. Add logits: "
                "the result then always lies in 0..1."
            ),
        ),
        Mistake(
            name="added in shares and clamped",
            answer=_share_space_clamped,
            says="Where the clamp cuts, the gradient is 0, and the layer can learn nothing.",
        ),
        Mistake(
            name="the sigmoid of the step",
            answer=_sigmoid_of_delta,
            says="Then no step could go left or up: a sigmoid is always above 0.",
        ),
        Mistake(
            name="a sigmoid without its inverse",
            answer=_no_inverse,
            says="A delta of 0 should leave the box as it is. Here 0.2 would become 0.55.",
        ),
        Mistake(
            name="the result is still a logit",
            answer=_no_sigmoid,
            says="Come back by the sigmoid.",
        ),
        Mistake(
            name="the logarithm alone",
            answer=_log_alone,
            says="The inverse of the sigmoid is log(x / (1 - x)), not log(x).",
        ),
        Mistake(
            name="a sigmoid in place of its inverse",
            answer=_sigmoid_for_its_inverse,
            says="The reference is a sigmoid already. Undo it: `logit`, then add delta.",
        ),
        Mistake(
            name="delta is subtracted",
            answer=_away,
            says="A positive delta moves to the right and makes larger: add it.",
        ),
        Mistake(
            name="the offsets of anchors",
            answer=_offsets,
            says="So Faster R-CNN moves its anchors (chapter 04). Here delta is added to logits.",
        ),
        Mistake(
            name="the wrong one is detached",
            answer=_delta_detached,
            says="Delta is what this layer learns. The reference is what it is given.",
        ),
        Mistake(
            name="nothing can learn",
            answer=_all_detached,
            says=(
                "You cut the result off, and with it delta (`detach`, `no_grad` and NumPy do so). "
                "Detach the reference alone."
            ),
        ),
        Mistake(
            name="the reference is forgotten",
            answer=_forgets_the_reference,
            says="That is plain DETR's box: from nothing. Start from the reference.",
        ),
    ),
    hints=(
        "A delta of 0 leaves the box where it is. Which function undoes a sigmoid?",
        "`x.logit()` is log(x / (1 - x)). Add delta, then `.sigmoid()`.",
        "`(reference.detach().logit() + delta).sigmoid()`.",
    ),
)
