import torch

from locviz.assign import InsideImage, MaxIoU, rpn_rule
from locviz.priors import faster_rcnn_anchors
from locviz.types import BACKGROUND, IGNORE, Assignment, ImagePredictions, Priors, Targets


def test_crossing_anchors_are_left_out_before_matching():
    """The best anchor of the object crosses the border: the next best is rescued in its place."""
    regions = torch.tensor([[-2.0, 0, 8, 10], [0, 0, 10, 10], [0, 5, 10, 16], [4, 4, 30, 16]])
    priors = Priors(regions, torch.ones(4), (3, 1))
    targets = Targets(
        boxes=torch.tensor([[0.0, 0, 8, 10]]), labels=torch.tensor([0]), size=(16, 32)
    )
    high = MaxIoU(positive=0.99, negative=0.3, force=rpn_rule().force)
    # IoU 0.8 with both of the first two; 40/150 and 24/368 with the others.
    assert high(priors, targets).gt_index.tolist() == [0, 0, BACKGROUND, BACKGROUND]
    assert InsideImage(high)(priors, targets).gt_index.tolist() == [
        IGNORE,
        0,
        BACKGROUND,
        BACKGROUND,
    ]
    assert InsideImage(high, margin=2.0)(priors, targets).gt_index.tolist() == [
        0,
        0,
        BACKGROUND,
        BACKGROUND,
    ]


def test_what_the_network_says_is_cut_and_the_answer_spread():
    def assigner(priors, targets, predicted=None):
        assert priors.levels == (1, 1)
        assert predicted.logits[:, 0].tolist() == [1, 3]
        assert predicted.regions is None
        index = torch.tensor([0, BACKGROUND])
        return Assignment(index, weight=torch.ones(2), cost=torch.zeros(2, 1))

    regions = torch.tensor([[-1.0, 2], [0, 2], [3, 9], [2, 4]])
    priors = Priors(regions, torch.ones(4), (2, 2))
    targets = Targets(boxes=torch.tensor([[0.0, 2]]), labels=torch.tensor([0]), size=(8,))
    answer = InsideImage(assigner)(
        priors, targets, ImagePredictions(logits=torch.arange(4.0)[:, None])
    )
    assert answer.gt_index.tolist() == [IGNORE, 0, IGNORE, BACKGROUND]
    assert answer.weight.tolist() == [0, 1, 0, 1]
    assert answer.cost[:, 0].tolist() == [float("inf"), 0, float("inf"), 0]


def test_about_six_thousand_of_twenty_thousand_remain():
    """Section 3.3: 1000 x 600 pixels have roughly 20,000 anchors, of which about 6,000 are inside."""
    anchors = faster_rcnn_anchors()([(38, 63)], input_size=(600, 1000))
    targets = Targets(
        boxes=torch.zeros(0, 4), labels=torch.zeros(0, dtype=torch.int64), size=(600, 1000)
    )
    answer = InsideImage(rpn_rule())(anchors, targets).gt_index
    assert len(answer) == 21_546
    assert 5_500 < int((answer == BACKGROUND).sum()) < 8_500
