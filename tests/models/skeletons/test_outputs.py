"""Several outputs, and an assigner for the earlier ones."""

from dataclasses import replace

import torch

from locviz.models.skeletons.outputs import PerOutput, all_outputs, assigner_of, joined
from locviz.types import Assignment, Losses, Predictions, Priors, Targets

PRIORS = Priors(torch.zeros(2, 4), torch.ones(2), (2,))
NOTHING = Targets(boxes=torch.zeros(0, 4), labels=torch.zeros(0, dtype=torch.int64), size=(8, 8))


def everywhere(value: int):
    return lambda priors, targets, predicted=None: Assignment(torch.full((len(priors),), value))


def test_each_output_has_its_assigner():
    many, one = everywhere(-1), everywhere(-2)
    both = PerOutput(earlier=many, last=one)
    assert assigner_of(both, last=True) is one
    assert assigner_of(both, last=False) is many
    assert assigner_of(many, last=True) is assigner_of(many, last=False) is many


def test_to_others_it_is_the_last_ones_assigner():
    both = PerOutput(earlier=everywhere(-1), last=everywhere(-2))
    assert both(PRIORS, NOTHING).gt_index.tolist() == [-2, -2]


def test_the_last_output_is_last():
    first = Predictions(
        logits=torch.zeros(1, 2, 1),
        deltas=torch.zeros(1, 2, 4),
        priors=PRIORS,
        sizes=((8, 8),),
        scales=torch.ones(1, 2),
    )
    last = replace(first, aux=(first,))
    one, two = all_outputs(last)
    assert one is first
    assert two is last


def test_the_losses_of_several_parts_add_up_and_keep_their_names():
    one = Losses({"l1": torch.tensor(2.0), "giou": torch.tensor(1.0)}, {"l1": 5.0})
    two = Losses({"l1": torch.tensor(4.0)}, {"l1": 0.5})
    both = joined({"": one, "aux0_": two})
    assert dict(both.terms) == {"l1": 2, "giou": 1, "aux0_l1": 4}
    assert both.total == one.total + two.total == 13
