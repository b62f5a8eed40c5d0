"""Rules that change on the way, and runs that are resumed on either side of the change."""

import pytest
import torch
from torch import nn

from locviz.train import Recipe, train, train_in_phases
from locviz.types import Losses

RECIPE = Recipe(steps=12, warmup_steps=2, checkpoint_every=3)


def build(toy):
    """A toy with one more layer, which the second phase alone trains."""
    torch.manual_seed(0)
    detector = toy.Toy()
    detector.late = nn.Linear(3, 1)
    return detector


def add_late(detector):
    """A third term; a second call would double it."""
    plain = detector.loss

    def loss(images, targets):
        before = plain(images, targets)
        late = detector.late(torch.stack([image.mean((1, 2)) for image in images]))
        return Losses({**before.terms, "late": (late - 1).square().mean()}, before.weights)

    detector.loss = loss


def test_a_change_is_made_before_its_step(toy):
    detector = build(toy)
    first = detector.late.weight.clone()
    seen = []
    for step in train_in_phases(detector, toy.ToyBatches(), RECIPE, {7: add_late}):
        seen.append("late" in step.losses)
        if step.index < 7:
            assert torch.equal(detector.late.weight, first)
    assert seen == [False] * 7 + [True] * 5
    assert not torch.equal(detector.late.weight, first)


def test_a_change_before_the_first_step_and_none_at_all(toy):
    from_start, plain, none = build(toy), build(toy), build(toy)
    steps = list(train_in_phases(from_start, toy.ToyBatches(), RECIPE, {0: add_late}))
    assert all("late" in step.losses for step in steps)
    list(train(plain, toy.ToyBatches(), RECIPE))
    list(train_in_phases(none, toy.ToyBatches(), RECIPE, {}))
    for one, other in zip(plain.parameters(), none.parameters(), strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("stop", [4, 6, 7, 10])
def test_a_resumed_run_is_the_same_bit_for_bit(toy, tmp_path, stop):
    """The change is due before step 6, where a checkpoint is written, too: stopped two steps before,
    exactly there, just after, and one checkpoint later.
    """
    whole, stopped, resumed = build(toy), build(toy), build(toy)
    list(train_in_phases(whole, toy.ToyBatches(), RECIPE, {6: add_late}))
    path = tmp_path / "run.pt"
    run = train_in_phases(stopped, toy.ToyBatches(), RECIPE, {6: add_late}, checkpoint=path)
    for _ in range(stop):
        next(run)
    rest = list(
        train_in_phases(
            resumed, toy.ToyBatches(), RECIPE, {6: add_late}, checkpoint=path, resume=True
        )
    )
    assert rest[0].index == 3 * (stop // 3)
    assert [step.index for step in rest if "late" in step.losses] == list(
        range(max(6, rest[0].index), 12)
    )
    for (name, one), (_, other) in zip(
        whole.named_parameters(), resumed.named_parameters(), strict=True
    ):
        assert torch.equal(one, other), name


@pytest.mark.parametrize("index", [-1, 12])
def test_a_change_outside_the_run_is_refused(toy, index):
    with pytest.raises(ValueError, match=rf"changes has step {index}, but the recipe has steps 0"):
        next(train_in_phases(build(toy), toy.ToyBatches(), RECIPE, {index: add_late}))
