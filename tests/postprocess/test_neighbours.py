import numpy as np
import pytest
import torch
import torchvision

from locviz.boxes import pairwise_iou
from locviz.postprocess.neighbours import Neighbours, best_first


@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize("seed", range(10))
def test_are_all_that_overlap_with_their_iou(anywhere, seed, dim):
    """The same last bits as the all-pairs function, and as torchvision's."""
    regions = anywhere(seed, dim, 30).regions
    among = np.arange(30) % 3 > 0
    overlap = pairwise_iou(regions, regions)
    theirs = torchvision.ops.box_iou(regions, regions) if dim == 2 else overlap
    neighbours = Neighbours(regions)
    for one in range(30):
        rows, found = neighbours.of(one, among)
        assert rows.tolist() == [j for j in range(30) if among[j] and overlap[one, j] > 0]
        assert torch.equal(torch.from_numpy(found), overlap[one, rows])
        assert torch.equal(torch.from_numpy(found), theirs[one, rows])


def test_a_moved_region_has_other_neighbours_and_the_tensor_is_left_alone():
    regions = torch.tensor([[0.0, 4], [10, 14], [11, 15]])
    before, neighbours = regions.clone(), Neighbours(regions)
    everyone = np.ones(3, dtype=bool)
    neighbours.move(0, np.array([12.0, 16.0]))
    rows, overlap = neighbours.of(0, everyone)
    assert rows.tolist() == [0, 1, 2]
    np.testing.assert_allclose(overlap, [1, 1 / 3, 3 / 5], rtol=1e-6)
    assert torch.equal(regions, before)


def test_equal_scores_keep_their_order():
    assert best_first(torch.tensor([0.5, 0.9, 0.5, 0.9])).tolist() == [1, 3, 0, 2]
