import numpy as np
import pytest

from locviz.data import textures


def test_the_bank_spans_its_range():
    bank = textures.texture_bank()
    assert bank.shape == (textures.NUM_TEXTURES, textures.BANK_SIDE, textures.BANK_SIDE)
    assert np.allclose(bank.min((1, 2)), 0)
    assert np.allclose(bank.max((1, 2)), 1)
    assert bank.std((1, 2)).min() > 0.08, "none is flat"


@pytest.mark.parametrize("make", [textures.plain, textures.textured])
def test_backgrounds_are_calm_and_of_low_saturation(make):
    """Brightness varies by less than half the range, and no channel leads by what makes an object's
    colour.
    """
    for seed in range(60):
        image = make(np.random.default_rng(seed), 96)
        assert image.shape == (3, 96, 96)
        assert np.ptp(image.mean(0)) < 110
        assert np.ptp(image.mean((1, 2))) < 45
    assert not np.array_equal(
        make(np.random.default_rng(1), 32), make(np.random.default_rng(2), 32)
    )


def test_noise_has_the_strength_it_is_given():
    image = np.zeros((3, 96, 96), np.float32)
    textures.add_noise(image, np.random.default_rng(0), 8.0)
    assert image.std() == pytest.approx(8, rel=0.03)
    assert abs(image.mean()) < 0.3


def test_pebbles_are_the_distance_to_the_nearest_point():
    pebbles = textures._cells(np.random.default_rng(3))
    points = np.random.default_rng(3).random((150, 2)) * textures.BANK_SIDE
    for y, x in np.random.default_rng(4).integers(0, textures.BANK_SIDE, (200, 2)):
        assert pebbles[y, x] == pytest.approx(min(np.hypot(*(points - [x, y]).T)), abs=1e-4)
