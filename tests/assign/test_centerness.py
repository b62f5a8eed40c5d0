import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from locviz.assign import centerness


def test_value_of_the_paper():
    """l, t, r, b = 2, 5, 8, 5: sqrt(2/8 * 5/5) = 0.5."""
    assert centerness(
        torch.tensor([[2.0, 5.0]]), torch.tensor([[0.0, 0, 10, 10]])
    ).item() == pytest.approx(0.5)
    assert centerness(torch.tensor([[2.0]]), torch.tensor([[0.0, 10]])).item() == pytest.approx(0.5)


@given(st.floats(-20, 20), st.floats(-20, 20))
def test_bounds_and_symmetry(x, y):
    box = torch.tensor([[-10.0, -5.0, 10.0, 5.0]])
    value = centerness(torch.tensor([[x, y]]), box)
    assert 0 <= value <= 1
    torch.testing.assert_close(value, centerness(torch.tensor([[-x, -y]]), box))
    if abs(x) >= 10 or abs(y) >= 5:
        assert value == 0


def test_center_is_one_and_empty_regions_are_finite():
    assert centerness(torch.zeros(1, 2), torch.tensor([[-3.0, -1, 3, 1]])).item() == 1
    assert centerness(torch.zeros(1, 2), torch.zeros(1, 4)).item() == 0
    assert centerness(torch.zeros(0, 2), torch.zeros(0, 4)).shape == (0,)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("points", "regions"), [((3, 1), (3, 4)), ((3, 2), (1, 4)), ((3, 2), (3, 2))]
)
def test_refuses_what_would_broadcast(points, regions):
    with pytest.raises(ValueError, match="must be the"):
        centerness(torch.zeros(points), torch.zeros(regions))
