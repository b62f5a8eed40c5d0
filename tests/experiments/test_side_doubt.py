"""Doubt by hand, what a patch covers, and what it does to the detector that ships."""

import pytest
import torch

from locviz.boxes import two_hot
from locviz.checkpoints import load_shipped
from locviz.data import Shapes
from locviz.experiments import side_doubt
from locviz.models import fcos_tiny


def test_doubt_by_hand():
    """Outside the best two neighbours: 0.1 + 0.2; bins 0 and 3 are no neighbours."""
    rows = torch.tensor([[0.1, 0.4, 0.3, 0.2], [0.5, 0.0, 0.0, 0.5]])
    assert side_doubt.doubt(rows).tolist() == pytest.approx([0.3, 0.5])
    assert side_doubt.doubt(two_hot(torch.rand(20) * 7, bins=9)).abs().max() < 1e-6


def test_a_patch_covers_the_right_side_alone():
    image, box = torch.zeros(3, 40, 50), torch.tensor([10.0, 10, 30, 20])
    covered = side_doubt.cover_right_side(image, box, torch.tensor([1.0, 0.5, 0.25]))
    changed = (covered != image).any(0)
    # 30 % of 20 pixels inside the side at 30, 8 beyond it; 4 above and below.
    assert changed.nonzero().amin(0).tolist() == [6, 24]
    assert changed.nonzero().amax(0).tolist() == [23, 37]
    assert changed.sum() == 18 * 14
    assert covered[:, 10, 30].tolist() == [1.0, 0.5, 0.25]
    assert not image.any()


@pytest.fixture(scope="module")
def asked():
    detector, _ = load_shipped("gfl_tiny-shapes")
    scenes = Shapes(level="first", split="test", num_scenes=60)
    return detector, [scenes[i] for i in range(60)]


def test_the_finder_decodes_to_the_object(asked):
    detector, scenes = asked
    image, truth = scenes[12]
    point = side_doubt.finder_of(detector, image, truth.boxes[0], int(truth.labels[0]))
    sides = side_doubt.sides_at(detector, image, point)
    bins = torch.arange(sides.probabilities.shape[-1], dtype=torch.float32)
    x1, y1, x2, y2 = ((sides.probabilities @ bins) * sides.pixels).tolist()
    with torch.no_grad():
        x, y = detector([image]).priors.centers[point].tolist()
    assert [x - x1, y - y1, x + x2, y + y2] == pytest.approx(truth.boxes[0].tolist(), abs=2)


def test_a_covered_side_is_in_more_doubt_than_the_others_and_than_clear_ones(asked):
    """What chapter 08 says of 60 scenes."""
    found = side_doubt.doubts(*asked)
    clear, covered = found.clear.mean(0), found.hidden.mean(0)
    assert clear.max() < 0.06
    assert covered.argmax() == side_doubt.SIDES.index("right")
    assert covered[2] > 3 * clear[2]
    assert found.hidden_score.mean() < found.clear_score.mean() - 0.2
    assert len(found.clear) > 50


def test_a_blurred_side_is_hardly_doubted(asked):
    found = side_doubt.doubts(*asked, hide=side_doubt.blur_right_side)
    assert found.hidden.mean(0)[2] < 2 * found.clear.mean(0)[2]
    assert found.hidden_score.mean() > found.clear_score.mean() - 0.1


def test_a_blur_keeps_the_rest_and_the_mean():
    image = torch.rand(3, 40, 50, generator=torch.Generator().manual_seed(0))
    box = torch.tensor([10.0, 10, 30, 20])
    changed = (side_doubt.blur_right_side(image, box) != image).any(0)
    covered = (side_doubt.cover_right_side(image, box, torch.full((3,), 2.0)) != image).any(0)
    assert torch.equal(changed, covered)
    assert side_doubt.blur_right_side(image, box).std() < image.std()


def test_a_detector_without_distributions_is_refused():
    with pytest.raises(TypeError, match="must predict distributions"):
        side_doubt.sides_at(fcos_tiny(3), torch.zeros(3, 64, 64), 0)
