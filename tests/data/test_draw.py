import numpy as np
import pytest

from locviz.data import draw
from locviz.data.draw import CIRCLE, CROSS, RING, SQUARE, STAR, TRIANGLE

SHAPES = (CIRCLE, SQUARE, TRIANGLE, STAR, RING, CROSS)
INNER = np.array([0.5 * np.sin(np.pi / 5), -0.5 * np.cos(np.pi / 5)])
STAR_AREA = (
    10 * 0.5 * INNER[0]
)  # ten triangles with base 1 (to a tip) and height the inner corner's distance from it
# Areas for radius 1, by hand.
AREAS = {
    "circle": np.pi,
    "square": 4.0,
    "triangle": 3 * np.sqrt(3) / 4,
    "star": STAR_AREA,
    "ring": np.pi * (1 - 0.48**2),
    "cross": 2 * (2 * 0.72) - 0.72**2,
}


def _patch(shape, *, radius=20.0, angle=0.0, side=64, center=(32.0, 32.0)):
    box = radius * np.array(shape.extent(angle)) + np.tile(center, 2)
    return box, draw.rasterise(shape, center=center, radius=radius, angle=angle, box=box, side=side)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
@pytest.mark.parametrize("angle", [0.0, 0.3])
def test_covered_area_is_the_shapes_area(shape, angle):
    _, patch = _patch(shape, angle=angle)
    covered = np.clip(0.5 - patch.distance, 0, 1).sum() / 20**2
    assert covered == pytest.approx(AREAS[shape.name], rel=0.01)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
@pytest.mark.parametrize("angle", [-0.35, 0.0, 0.2])
def test_extent_is_the_box_of_the_shape(shape, angle):
    """Against brute force: the box of a fine grid's points inside the shape."""
    grid = np.linspace(-1.5, 1.5, 901, dtype=np.float32)
    u, v = np.meshgrid(grid, grid)
    inside = np.stack([u, v], -1)[shape.distance(u, v) <= 0]
    turned = inside @ draw.rotation(angle).T
    expected = np.concatenate([turned.min(0), turned.max(0)])
    np.testing.assert_allclose(shape.extent(angle), expected, atol=0.02)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_keypoints_are_on_the_shape_or_its_centre(shape):
    u, v = shape.keypoints.astype(np.float32).T
    np.testing.assert_allclose(shape.distance(u, v)[1:], 0, atol=1e-5)
    assert np.abs(shape.keypoints[0]).max() == 0


def test_keypoints_mirror():
    for shape in SHAPES:
        mirrored = shape.keypoints * [-1, 1]
        np.testing.assert_allclose(mirrored[list(draw.KEYPOINT_MIRROR)], shape.keypoints, atol=1e-6)


def test_a_shape_at_the_border_is_cut():
    box, patch = _patch(CIRCLE, center=(3.0, 60.0))
    assert patch.distance.shape == (64 - int(box[1] - 1), int(box[2]) + 2)


def test_paint_blends_by_cover():
    """A pixel half covered by a white square on black is half bright."""
    image = np.zeros((3, 8, 8), np.float32)
    _, patch = _patch(SQUARE, radius=2.5, center=(4.0, 4.0), side=8)
    patch.paint(image, np.full(3, 200, np.float32), rim=-10.0)
    assert image[0, 4, 4] == 200
    assert image[0, 4, 1] == pytest.approx(100)
    assert image[0, 4, 0] == 0
