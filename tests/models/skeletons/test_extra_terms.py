"""IoU rescoring and prediction alignment by hand: four spans, one object, two classes."""

from dataclasses import replace

import pytest
import torch

from locviz.assign import (
    BalancedSampler,
    MutualLabelling,
    PositivesAndIgnored,
    SampledApart,
    retinanet_rule,
    rpn_rule,
)
from locviz.boxes import CornerCoder
from locviz.losses import giou_loss, l1_loss, sigmoid_focal_loss, smooth_l1_loss
from locviz.models import (
    DenseLoss,
    IoURescoring,
    MultiTaskLoss,
    PredictionAlignment,
    RetinaNetHead,
    RPNHead,
    WithTerms,
    classified,
    faster_rcnn_tiny,
    fcos_loss,
    fcos_tiny,
    hold_boxes,
    hold_nothing,
    hold_scores,
    lazy_from,
    match_rows,
    objectness_loss,
    retinanet_loss,
    retinanet_tiny,
)
from locviz.postprocess import SelectDense, one_of_all, product
from locviz.types import BACKGROUND, IGNORE, Assignment, Predictions, Priors, Targets

PRIORS = Priors(torch.tensor([[0.0, 8]]).repeat(4, 1), torch.full((4,), 8.0), (4,))
NONE = BACKGROUND


def case(ends=(10.0, 8, 5, 2), logits=0.0, quality=0.0, *, places=None, gt=(0, 0, NONE, NONE)):
    """One object 0..10 of class 1; the spans 0..end overlap it by end / 10."""
    regions = torch.stack([torch.zeros(4), torch.tensor(ends)], -1)[None].requires_grad_()
    predictions = Predictions(
        logits=torch.full((1, 4, 2), logits, requires_grad=True),
        deltas=torch.zeros(1, 4, 2),
        priors=PRIORS,
        sizes=((20,),),
        scales=torch.ones(1, 1),
        quality=None if quality is None else torch.full((1, 4), quality, requires_grad=True),
    )
    targets = Targets(torch.tensor([[0.0, 10]]), torch.tensor([1]), (20,))
    assignment = Assignment(
        torch.tensor(gt),
        localization=None if places is None else Assignment(torch.tensor(places)),
    )
    return predictions, regions, match_rows([assignment], [targets], PRIORS, coder=CornerCoder())


def test_rescoring_by_hand():
    """Everyone predicts an IoU of 0.5; the two positives have 1 and 0.8."""
    term = IoURescoring()(*case())
    assert term.item() == pytest.approx((0.5**2 + 0.3**2) / 2)


def test_rescoring_is_over_the_union_and_each_prior_counts_once():
    """The second and the third learn their boxes: the union has three, whose IoUs are 1 .8 .5."""
    both = case(places=(NONE, 0, 0, NONE))
    assert IoURescoring()(*both).item() == pytest.approx((0.5**2 + 0.3**2 + 0) / 3)
    assert IoURescoring(rows=classified)(*both).item() == pytest.approx((0.5**2 + 0.3**2) / 2)


def test_of_two_objects_for_one_prior_the_localizations_counts():
    predictions, regions, _ = case()
    targets = Targets(torch.tensor([[0.0, 10], [0.0, 20]]), torch.tensor([1, 0]), (20,))
    apart = Assignment(
        torch.tensor([0, NONE, NONE, NONE]),
        localization=Assignment(torch.tensor([1, NONE, NONE, NONE])),
    )
    matched = match_rows([apart], [targets], PRIORS, coder=CornerCoder())
    # Of 0..20 the first span, 0..10, is the half: exactly what is predicted.
    assert IoURescoring()(predictions, regions, matched).item() == pytest.approx(0)


def test_alignment_by_hand():
    """sigmoid(log 4) is 0.8: off by 0.2 for the IoU of 1, right for that of 0.8."""
    term = PredictionAlignment()(*case(logits=float(torch.tensor(4.0).log())))
    assert term.item() == pytest.approx(0.2**2 / 2)


def gradients(term, inputs) -> tuple[float, float, float]:
    predictions, regions, _ = inputs
    term(*inputs).backward()
    return tuple(
        0.0 if x.grad is None else x.grad.abs().sum().item()
        for x in (predictions.logits, predictions.quality, regions)
    )


@pytest.mark.parametrize(
    ("term", "flows"),
    [
        (IoURescoring(), (False, True, False)),
        (IoURescoring(hold=hold_nothing), (False, True, True)),
        (PredictionAlignment(), (True, False, True)),
        (PredictionAlignment(hold=hold_boxes), (True, False, False)),
        (PredictionAlignment(hold=hold_scores), (False, False, True)),
    ],
)
def test_gradient_flows_only_where_it_is_said_to(term, flows):
    assert tuple(g > 0 for g in gradients(term, case(ends=(9.0, 8, 5, 2)))) == flows


def test_only_the_right_class_of_the_positives_learns_from_alignment():
    predictions, regions, matched = case(ends=(9.0, 8, 5, 2))
    PredictionAlignment()(predictions, regions, matched).backward()
    assert (predictions.logits.grad[0] != 0).tolist() == [[False, True]] * 2 + [[False] * 2] * 2


@pytest.mark.parametrize("term", [IoURescoring(), PredictionAlignment()])
@pytest.mark.parametrize("gt", [(NONE,) * 4, (IGNORE,) * 4])
def test_without_positives_it_is_zero_and_back_propagates(term, gt):
    assert gradients(term, case(gt=gt)) == (0, 0, 0)
    assert term(*case(gt=gt)).item() == 0


def test_rescoring_needs_a_quality():
    with pytest.raises(ValueError, match="needs a head that predicts a quality"):
        IoURescoring()(*case(quality=None))


def plain() -> DenseLoss:
    return DenseLoss(
        classification=lambda x, y: sigmoid_focal_loss(x, y, alpha=0.25, gamma=2.0),
        regression=l1_loss,
        weights={"regression": 3.0},
    )


def test_terms_are_added_and_the_loss_stays_what_it_was():
    inputs = case()
    alone = plain()(*inputs)
    both = WithTerms(plain(), {"iou": IoURescoring()}, weights={"iou": 2.0})(*inputs)
    for name, term in alone.terms.items():
        assert torch.equal(both.terms[name], term)
    assert both.total.item() == pytest.approx(alone.total.item() + 2 * both.terms["iou"].item())
    none = WithTerms(plain(), {})(*inputs)
    assert torch.equal(none.total, alone.total)


def test_names_are_checked():
    with pytest.raises(ValueError, match=r"weights names \['gamma'\], but the added terms are"):
        WithTerms(plain(), {"iou": IoURescoring()}, weights={"gamma": 1.0})
    taken = WithTerms(plain(), {"regression": IoURescoring()})
    with pytest.raises(ValueError, match="has a term called 'regression' itself"):
        taken(*case())


# The switches on whole detectors

IMAGES = [torch.rand(3, 64, 64, generator=torch.Generator().manual_seed(i)) for i in range(2)]
TARGETS = [
    Targets(torch.tensor([[8.0, 8, 30, 28], [30, 36, 54, 60]]), torch.tensor([1, 0]), (64, 64)),
    Targets(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), (64, 64)),
]


def fcos(assigner: dict, terms: dict):
    stages = {"postprocess": SelectDense(score=product)} if terms else {}
    loss = WithTerms(fcos_loss(regression=giou_loss, quality=None), terms)
    return fcos_tiny(3, loss=loss, **assigner, **stages)


def retinanet(assigner: dict, terms: dict):
    head = lazy_from(
        lambda priors: RetinaNetHead(
            in_channels=48,
            num_classes=3,
            num_anchors=priors.num_per_cell,
            num_convs=2,
            predicts_quality="iou" in terms,
        )
    )
    return retinanet_tiny(3, head=head, loss=WithTerms(retinanet_loss(), terms), **assigner)


def rpn(assigner: dict, terms: dict):
    head = lazy_from(
        lambda priors: RPNHead(
            in_channels=48, num_anchors=priors.num_per_cell, predicts_quality="iou" in terms
        )
    )
    loss = MultiTaskLoss(classification=objectness_loss, regression=l1_loss)
    stages = {f"rpn_{name}": stage for name, stage in assigner.items()}
    return faster_rcnn_tiny(3, rpn_head=head, rpn_loss=WithTerms(loss, terms), **stages)


LABELLING = {
    fcos: lambda: {"assigner": MutualLabelling()},
    retinanet: lambda: {
        "assigner": MutualLabelling(candidates=PositivesAndIgnored(retinanet_rule()), alpha=0.5)
    },
    rpn: lambda: {
        "assigner": MutualLabelling(candidates=PositivesAndIgnored(rpn_rule()), alpha=2.0),
        "sampler": SampledApart(BalancedSampler(size=64)),
    },
}
TERMS = {
    "none": {},
    "iou": {"iou": IoURescoring()},
    "alignment": {"alignment": PredictionAlignment()},
    "both": {"iou": IoURescoring(), "alignment": PredictionAlignment()},
}


@pytest.mark.parametrize("build", [fcos, retinanet, rpn], ids=lambda build: build.__name__)
@pytest.mark.parametrize("labelling", [False, True], ids=["own rule", "mutual labelling"])
@pytest.mark.parametrize("terms", TERMS.values(), ids=TERMS)
def test_each_switch_alone_and_together_on_each_detector(build, labelling, terms):
    """Also beside an image without objects, and in a batch of nothing else."""
    torch.manual_seed(0)
    detector = build(LABELLING[build]() if labelling else {}, terms)
    prefix = "rpn_" if build is rpn else ""
    for targets in (TARGETS, TARGETS[::-1], [TARGETS[1]] * 2):
        detector.zero_grad()
        losses = detector.loss(IMAGES, targets)
        losses.total.backward()
        for name in terms:
            assert (losses.terms[prefix + name] > 0) == (targets[0] is not targets[1])
        for parameter in detector.parameters():
            assert parameter.grad is None or parameter.grad.isfinite().all()
    assert all(torch.isfinite(found.scores).all() for found in detector.eval().detect(IMAGES))


def test_rescoring_multiplies_in_the_end():
    """The quality says 0.25 everywhere: each score is a quarter of the class probability."""
    torch.manual_seed(0)
    detector = fcos({}, TERMS["iou"]).eval()
    torch.nn.init.zeros_(detector.head.quality.weight)
    torch.nn.init.constant_(detector.head.quality.bias, float(torch.tensor(0.25).logit()))
    torch.nn.init.constant_(detector.head.logits.bias, 0.0)
    rescored = detector.detect(IMAGES[:1])[0]
    detector.postprocess = SelectDense(score=lambda probability, quality: probability)
    plain_scores = detector.detect(IMAGES[:1])[0].scores
    torch.testing.assert_close(rescored.scores, plain_scores / 4)


def test_alignment_where_a_softmax_decides():
    """The object's class 0 has column 1 with probability 1/4; the two positives' IoUs are 1 and .8."""
    predictions, regions, matched = case()
    logits = torch.tensor([0.75, 0.25]).log().expand(1, 4, 2)
    predictions = replace(predictions, logits=logits)
    matched = replace(matched, labels=torch.zeros_like(matched.labels))
    term = PredictionAlignment(probability=one_of_all)(predictions, regions, matched)
    assert term.item() == pytest.approx((0.75**2 + 0.55**2) / 2)


@pytest.mark.parametrize(
    ("loss", "share"),
    [
        (retinanet_loss(), 1.0),
        (MultiTaskLoss(classification=objectness_loss, regression=smooth_l1_loss), 0.1),
    ],
    ids=["weighted mean", "over all rows"],
)
def test_whether_small_weights_make_the_regression_smaller_is_the_losses_own(loss, share):
    """Equation 3 divides by the number of samples, a dense detector's loss by the weights."""
    predictions, regions, matched = case(places=(NONE, 0, 0, NONE))
    predictions = replace(predictions, logits=predictions.logits[..., :1])
    matched = replace(matched, labels=torch.zeros_like(matched.labels))
    places = replace(matched.places, weight=torch.full((2,), 0.1))
    whole = loss(predictions, regions, matched).terms["regression"]
    light = loss(predictions, regions, replace(matched, localization=places)).terms["regression"]
    assert whole > 0
    torch.testing.assert_close(light, share * whole)


@pytest.mark.usefixtures("unchecked")
def test_terms_that_nobody_can_call_are_refused_at_once():
    with pytest.raises(
        TypeError, match=r"terms\['iou'\] must be an object.*: write IoURescoring\(\)"
    ):
        WithTerms(fcos_loss(), {"iou": IoURescoring})
    with pytest.raises(TypeError, match=r"terms must be a dictionary, got list"):
        WithTerms(fcos_loss(), [IoURescoring()])
    with pytest.raises(ValueError, match=r"weights\['iou'\] must be finite, got nan"):
        WithTerms(fcos_loss(), {"iou": IoURescoring()}, weights={"iou": float("nan")})
