import pytest
import torch

from locviz.postprocess import SelectProposals

# Two levels: three near copies of one box and a far one; two copies of the first box.
BOX = torch.tensor([0.0, 0, 10, 10])
REGIONS = torch.stack([BOX, BOX + 0.1, BOX + 0.2, BOX + 40, BOX, BOX + 0.1])
LOGITS = torch.tensor([1.0, 3.0, 2.0, 0.0, 5.0, 4.0])
LEVELS = (4, 2)


def test_levels_do_not_suppress_each_other():
    select = SelectProposals(pre_nms=10, post_nms=10)
    assert select(LOGITS, REGIONS, levels=LEVELS).tolist() == [4, 1, 3]
    assert select(LOGITS, REGIONS, levels=(6,)).tolist() == [4, 3]


def test_only_the_best_of_each_level_are_looked_at_and_the_best_of_all_come_out():
    assert SelectProposals(pre_nms=1, post_nms=10)(LOGITS, REGIONS, levels=LEVELS).tolist() == [
        4,
        1,
    ]
    assert SelectProposals(pre_nms=3, post_nms=10)(LOGITS, REGIONS, levels=LEVELS).tolist() == [
        4,
        1,
    ]
    assert SelectProposals(pre_nms=10, post_nms=2)(LOGITS, REGIONS, levels=LEVELS).tolist() == [
        4,
        1,
    ]


def test_a_loose_threshold_lets_copies_through():
    select = SelectProposals(pre_nms=10, post_nms=10, nms_threshold=1.0)
    assert select(LOGITS, REGIONS, levels=LEVELS).tolist() == [4, 5, 1, 2, 0, 3]


def test_specks_are_dropped_before_the_count():
    regions = REGIONS.clone()
    regions[4, 2] = 0
    select = SelectProposals(pre_nms=10, post_nms=1)
    assert select(LOGITS, regions, levels=LEVELS).tolist() == [5]
    assert (
        SelectProposals(pre_nms=10, post_nms=9, min_size=16.0)(
            LOGITS, REGIONS, levels=LEVELS
        ).tolist()
        == []
    )


def test_nothing_to_choose_from():
    select = SelectProposals(pre_nms=10, post_nms=10)
    assert select(torch.zeros(0), torch.zeros(0, 4), levels=(0, 0)).tolist() == []


@pytest.mark.parametrize("numbers", [(0, 5), (5, 0)])
def test_keeping_none_is_refused(numbers):
    with pytest.raises(ValueError, match="at least one proposal"):
        SelectProposals(pre_nms=numbers[0], post_nms=numbers[1])
