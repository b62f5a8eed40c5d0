import numpy as np
import pytest
import torch

from locviz.types import Targets
from locviz.widgets import AssignLab


@pytest.fixture
def crowded():
    return AssignLab.replay()


def test_sinkhorn_played_ends_at_the_assignment(crowded):
    crowded.assigner = "ota"
    film = crowded.film()
    assert len(film) == 50
    assert np.array_equal(film.owners[-1], crowded.reading(0).owner)
    assert (np.diff(film.gap) <= 1e-3).all()  # the marginals only get better
    assert film.totals[-1] == pytest.approx(film.values[-1].sum(1), abs=1e-4)
    crowded.turn(iterations=7)
    assert len(crowded.film()) == 7


def test_the_auction_played_ends_at_the_hungarians_cost(crowded):
    crowded.assigner = "hungarian"
    film, side = crowded.film(), crowded.reading(0)

    def total(owner):
        return sum(float(side.values[prior, owner[prior]]) for prior in np.flatnonzero(owner >= 0))

    assert total(film.owners[-1]) == pytest.approx(total(side.owner), abs=1e-4)
    assert film.gap[-1] == 0
    assert film.gap[0] == len(crowded.boxes) - 1
    assert len(film) <= 240
    assert "takes prior" in film.says[0]


def test_the_auction_has_one_epsilon_and_says_it(crowded):
    crowded.assigner = "hungarian"
    for image in range(3):
        crowded.image = image
        epsilons = {says.split("epsilon ")[1].split(":")[0] for says in crowded.film().says}
        assert len(epsilons) == 1
        assert len(crowded.film()) < 240  # every bid is shown


def test_only_what_iterates_can_be_played(crowded):
    assert crowded.rules["atss"].film == ""
    crowded.assigner = "atss"
    assert crowded.film() is None
    none = torch.zeros(0, dtype=torch.int64)
    empty = Targets(boxes=torch.zeros(0, 4), labels=none, size=(64, 64))
    assert AssignLab(targets=empty, assigner="ota").film() is None
