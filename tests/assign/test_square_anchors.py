"""An assigner on squares: it sees them, and the detector's own priors stay what they are."""

import pytest
import torch

from locviz.assign import OnSquareAnchors
from locviz.priors import PointPriors
from locviz.types import BACKGROUND, Assignment, ImagePredictions, Targets


class Remembers:
    """Assigns nothing and keeps what it was shown."""

    def __call__(self, priors, targets, predicted=None):
        self.priors, self.predicted = priors, predicted
        return Assignment(torch.full((len(priors),), BACKGROUND))


def points(dim):
    return PointPriors(strides=(4, 8))([(8,) * dim, (4,) * dim], input_size=(32,) * dim)


def nothing(dim):
    return Targets(torch.zeros(0, 2 * dim), torch.zeros(0, dtype=torch.long), (32,) * dim)


@pytest.mark.parametrize("dim", [1, 2])
def test_each_prior_is_seen_as_a_square_of_so_many_strides_around_its_centre(dim):
    seen, priors = Remembers(), points(dim)
    OnSquareAnchors(seen, side=3.0)(priors, nothing(dim))
    # By hand: the first cell of stride 4 has its centre at 2, so it is seen from -4 to 8.
    assert seen.priors.regions[0].tolist() == [-4.0] * dim + [8.0] * dim
    low, high = seen.priors.regions.chunk(2, -1)
    torch.testing.assert_close(high - low, 3 * priors.strides[:, None].expand(-1, dim))
    torch.testing.assert_close(seen.priors.centers, priors.centers)
    assert priors.regions[0].tolist() == [0.0] * dim + [4.0] * dim


def test_priors_that_are_such_squares_already_stay_and_what_is_said_is_passed_on():
    seen, priors = Remembers(), points(2)
    said = {
        "logits": torch.rand(len(priors), 3),
        "regions": torch.rand(len(priors), 4),
        "quality": torch.rand(len(priors)),
    }
    OnSquareAnchors(seen, side=1.0)(priors, nothing(2), ImagePredictions(**said))
    torch.testing.assert_close(seen.priors.regions, priors.regions)
    assert all(getattr(seen.predicted, name) is value for name, value in said.items())


def test_a_side_that_is_not_positive_is_refused():
    with pytest.raises(ValueError, match="side must be positive"):
        OnSquareAnchors(Remembers(), side=0.0)
