"""Two levels whose layers are sums: every step can be followed by hand."""

import torch

from locviz.layers import aggregate_paths


def test_down_and_back_by_hand():
    fine, coarse = torch.full((1, 1, 2, 2), 3.0), torch.full((1, 1, 1, 1), 10.0)
    levels = aggregate_paths(
        [fine, coarse],
        reduce=[lambda x: x / 10],
        descend=[lambda x: x.sum(1, keepdim=True)],
        shrink=[lambda x: x[..., ::2, ::2] * 100],
        ascend=[lambda x: x.sum(1, keepdim=True)],
    )
    # Down: 10 / 10 enlarged, and 3. Back: 4 * 100, and what passed ``reduce``.
    assert levels[0].tolist() == [[[[4.0, 4], [4, 4]]]]
    assert levels[1].tolist() == [[[[401.0]]]]


def test_a_map_of_odd_size_is_met_by_an_enlarged_one_of_its_size():
    levels = aggregate_paths(
        [torch.zeros(1, 1, 3, 5), torch.zeros(1, 1, 2, 3)],
        reduce=[lambda x: x],
        descend=[lambda x: x[:, :1]],
        shrink=[lambda x: x[..., ::2, ::2]],
        ascend=[lambda x: x[:, :1]],
    )
    assert [tuple(x.shape) for x in levels] == [(1, 1, 3, 5), (1, 1, 2, 3)]
