"""FocalLab in a real JupyterLab: dragged with mouse, touch and keys; light and dark; accessible."""

import pytest

SETUP = """
import torch
from torch.nn import functional as F
from locviz.losses import sigmoid_focal_loss
from locviz.widgets import FocalLab
from locviz.widgets.focallab.batch import Batch
batch = Batch.shipped()
def share(alpha, gamma, threshold, step=-1):
    x, truth = batch.logits[step].clone().requires_grad_(), batch.targets
    g = torch.autograd.grad(sigmoid_focal_loss(x, truth, alpha=alpha, gamma=gamma).sum(), x)[0].abs()
    return float(g[~truth & (torch.sigmoid(-x) > threshold)].sum() / g.sum())
"""


@pytest.fixture
def show(open_notebook):
    """``show("gamma=1")`` -> the page, and FocalLab's root in it."""

    def show_one(more="", **options):
        page = open_notebook([SETUP, f"lab = FocalLab({more})\nlab"], **options)
        page.run_all()
        return page, page.widget(".locviz-focallab")

    return show_one


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_accessibility_violation(show, theme):
    page, root = show()
    page.theme(theme)
    assert page.axe(".locviz-focallab") == []
    page.screenshot(f"focallab-{theme}", root)


def test_it_fits_a_small_projector(show):
    page, root = show(width=1024, height=768)
    page.screenshot("focallab-1024", root)
    page.screenshot("focallab-1024-page")
    box = root.bounding_box()
    assert box["height"] <= 700
