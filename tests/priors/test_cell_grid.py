import pytest

from locviz.priors import PointPriors, pyramid_sizes


@pytest.mark.parametrize(("size", "count"), [(640, 8_400), (416, 3_549)])
def test_points_of_yolox(size, count):
    strides = (8, 16, 32)
    points = PointPriors(strides=strides)(
        pyramid_sizes((size, size), strides), input_size=(size, size)
    )
    assert len(points) == count


def test_every_halving_rounds_up():
    """101 pixels are 51, 26, 13 and 7 cells of stride 2, 4, 8 and 16, halving by halving."""
    halved = 101
    for stride in (2, 4, 8, 16):
        halved = (halved + 1) // 2
        assert pyramid_sizes((101, 64), (stride,)) == [(halved, 64 // stride)]
    assert pyramid_sizes((9,), (2, 4)) == [(5,), (3,)]
