import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from locviz.data.masks import decode, encode

# pycocotools has not caught up with numpy 2's __array__(copy=).
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

MASKS = st_numpy.arrays(bool, st.tuples(st.integers(1, 12), st.integers(1, 12)))


@given(mask=MASKS)
def test_round_trip(mask):
    assert np.array_equal(decode(encode(mask), mask.shape), mask)


@given(mask=MASKS)
def test_pycocotools_agrees_in_both_forms(mask):
    reference = pytest.importorskip("pycocotools.mask")
    packed = reference.encode(np.asfortranarray(mask.astype(np.uint8)))
    assert np.array_equal(decode(packed, mask.shape), mask)
    assert np.array_equal(decode({**packed, "counts": packed["counts"].decode()}, mask.shape), mask)
    ours = reference.frPyObjects(encode(mask), *mask.shape)
    assert np.array_equal(reference.decode(ours).astype(bool), mask)


def test_run_lengths_by_hand():
    """Down the columns: one zero, two ones, one zero."""
    mask = decode({"size": [2, 2], "counts": [1, 2, 1]}, (2, 2))
    assert mask.tolist() == [[False, True], [True, False]]


def test_a_polygon_covers_the_pixels_whose_centres_it_holds():
    """A 4 x 3 rectangle, then a right triangle: of each row the centres left of the slanted side."""
    expected = np.zeros((6, 8), bool)
    expected[1:4, 2:6] = True
    assert np.array_equal(decode([[2, 1, 6, 1, 6, 4, 2, 4]], (6, 8)), expected)
    triangle = decode([[0, 0, 4, 4, 0, 4.0]], (5, 5))
    # The slanted side runs through the centres of the diagonal; they count as right of it.
    assert triangle.sum(1).tolist() == [0, 1, 2, 3, 0]


def test_two_polygons_are_united():
    assert decode([[0, 0, 2, 0, 2, 2, 0, 2], [1, 1, 3, 1, 3, 3, 1, 3]], (4, 4)).sum() == 7


def test_a_large_polygon_agrees_with_pycocotools():
    reference = pytest.importorskip("pycocotools.mask")
    angles = np.linspace(0, 2 * np.pi, 40)[:-1]
    polygon = np.stack([50 + 30 * np.cos(angles), 40 + 20 * np.sin(angles)], 1).ravel().tolist()
    theirs = reference.decode(reference.merge(reference.frPyObjects([polygon], 80, 100))).astype(
        bool
    )
    ours = decode([polygon], (80, 100))
    assert (ours & theirs).sum() / (ours | theirs).sum() > 0.95


@pytest.mark.parametrize(
    ("segmentation", "message"),
    [
        ({"counts": [3]}, "add up to 3 pixels, but the image has 4"),
        ({"counts": [5, -1]}, "add up to 4 pixels"),
        ({"size": [3, 3], "counts": [9]}, r"for a mask of \[3, 3\]"),
        ({"size": [2, 2]}, "list of polygons or an object with counts"),
        ({"counts": "\x7f"}, "outside '0' to 'o'"),
        ([[1, 2, 3]], "at least three points"),
        ([3], "at least three points"),
    ],
)
def test_bad_segmentations(segmentation, message):
    with pytest.raises(ValueError, match=message):
        decode(segmentation, (2, 2))
