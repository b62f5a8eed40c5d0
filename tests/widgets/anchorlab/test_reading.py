import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from locviz.priors import best_iou
from locviz.widgets.anchorlab.reading import Design, anchors_of, best_of_nearest


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0, 90), min_size=2, max_size=2),
    st.lists(st.floats(0.5, 60), min_size=2, max_size=2),
    st.sampled_from([(4,), (8, 16), (5, 24), (64,)]),
    st.tuples(st.integers(20, 100), st.integers(20, 100)),
)
def test_only_the_nearest_cell_of_a_level_can_hold_the_best_anchor(corner, side, strides, size):
    """Law of ``best_of_nearest``: the same as a search through every anchor, also for boxes that
    leave the image.
    """
    design = Design(scales=(1.0, 3.0), ratios=(0.5, 1.0, 2.0), strides=strides)
    region = torch.tensor([[*corner, corner[0] + side[0], corner[1] + side[1]]])
    wide = torch.tensor([size[::-1]], dtype=torch.float32)
    found, _ = best_of_nearest(design, region, wide)
    assert float(found) == pytest.approx(
        float(best_iou(anchors_of(design, size), region)), abs=1e-5
    )
