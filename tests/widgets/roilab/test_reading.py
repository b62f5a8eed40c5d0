import numpy as np
import pytest
import torch

from locviz.widgets.roilab.reading import FUNCTIONS, feature_map

SIZE = (8, 10)


def by_quadrature(function, box, *, per_side=400):
    """The mean over a box from the function's values alone, at the midpoints of a fine grid."""
    x1, y1, x2, y2 = box
    share = (torch.arange(per_side).double() + 0.5) / per_side
    y, x = torch.meshgrid(y1 + share * (y2 - y1), x1 + share * (x2 - x1), indexing="ij")
    return float(FUNCTIONS[function](torch.stack([x, y, x, y], -1), size=SIZE).mean())


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    "box", [(0.3, 1.2, 2.9, 4.1), (0.0, 0.0, 10.0, 8.0), (4.0, 3.0, 4.5, 3.125)]
)
def test_the_exact_means_are_the_integrals_of_the_functions(function, box):
    exact = float(FUNCTIONS[function](torch.tensor(box, dtype=torch.float64), size=SIZE))
    assert exact == pytest.approx(by_quadrature(function, box), abs=2e-4)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_bin_without_area_has_the_value_of_its_point(function):
    """The limit of thinner and thinner bins."""
    thin = [
        FUNCTIONS[function](torch.tensor([3.2, 4.1, 3.2 + w, 4.1 + w]).double(), size=SIZE)
        for w in (1e-4, 1e-9, 0)
    ]
    assert float(thin[0]) == pytest.approx(float(thin[2]), abs=0.02)
    assert float(thin[1]) == pytest.approx(float(thin[2]), abs=1e-6)


def test_feature_map_holds_the_function_at_the_cells_centres():
    ramp = feature_map("ramp", (3, 4))
    assert ramp.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
    assert float(feature_map("waves", SIZE)[0, 0]) == pytest.approx(
        5 + 4 * np.sin(np.pi / 6) * np.sin(np.pi / 5)
    )
