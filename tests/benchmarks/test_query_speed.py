"""The benchmark times only what computes the same."""

import pytest
import query_speed
import torch

from locviz.models import SetLoss


def test_both_forms_of_deformable_attention_give_the_same_result_and_gradients():
    query_speed.check_equal(query_speed.deformable_attention(2, 64), rtol=1e-4, atol=1e-5)
    query_speed.check_equal(query_speed.deformable_attention(1, 64, num_queries=5))


def test_a_difference_is_noticed():
    pair = query_speed.deformable_attention(1, 64, num_queries=5)
    other = query_speed.Pair(lambda: pair.ours() * 1.001, pair.theirs)
    with pytest.raises(AssertionError):
        query_speed.check_equal(other)


@pytest.mark.slow
def test_both_steps_of_detr_have_the_same_loss_and_back_propagate():
    batch = query_speed.scene(2, 96)
    pair = query_speed.detr(batch)
    query_speed.check_equal(pair)
    ours, theirs = pair.ours.args[0], pair.theirs.args[0]
    for model in (ours, theirs):
        assert all(x.grad is not None for x in model.parameters() if x.requires_grad)
    trained = [sum(x.numel() for x in m.parameters() if x.requires_grad) for m in (ours, theirs)]
    assert trained[0] == trained[1]
    ours.criterion = SetLoss(l1=5.1)
    with pytest.raises(AssertionError):
        query_speed.check_equal(pair)


def test_boxes_are_the_same_in_both_forms():
    batch = query_speed.scene(2, 40)
    assert [tuple(image.shape[1:]) for image in batch.images] == [(40, 40), (40, 30)]
    assert batch.mask.sum((1, 2)).tolist() == [1600, 1200]
    for target, label, (w, h) in zip(
        batch.targets, batch.labels, ((40, 40), (30, 40)), strict=True
    ):
        target.check(query_speed.NUM_CLASSES)
        center, size = label["boxes"].chunk(2, -1)
        unit = torch.tensor([w, h])
        assert torch.allclose(target.boxes[:, :2], (center - size / 2) * unit, atol=1e-4)
        assert torch.allclose(target.boxes[:, 2:], (center + size / 2) * unit, atol=1e-4)


def test_a_line_has_medians_their_ratio_and_its_range():
    spent = {"ours": [1.0, 2.0, 9.0], "theirs": [2.0, 4.0, 3.0]}
    name, *figures = query_speed.line("x", spent).split()
    assert [name, *figures] == ["x", "2000.0", "3000.0", "0.67", "0.50", "to", "3.00"]


def test_the_first_round_is_not_counted_and_who_begins_changes():
    order = []
    pair = query_speed.Pair(lambda: order.append("ours"), lambda: order.append("theirs"))
    spent = query_speed.seconds(pair, 2)
    assert {name: len(values) for name, values in spent.items()} == {"ours": 2, "theirs": 2}
    assert order == ["theirs", "ours", "ours", "theirs", "theirs", "ours"]
