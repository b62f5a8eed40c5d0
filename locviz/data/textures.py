"""Backgrounds for synthetic scenes: calm gradients, and textures cut from a small bank that is made
once per process.

Cutting a window out of a ready texture and tinting it takes microseconds; making a texture takes
milliseconds. This makes drawing scenes faster than training on them. All images here are float32
``(3, h, w)`` with values in 0..255.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.floating]
BANK_SIDE = 224
NUM_TEXTURES = 32


def plain(rng: np.random.Generator, side: int) -> Image:
    """Return a calm background: one muted tone that drifts a little from one corner to the other."""
    tone, drift = muted_color(rng), muted_color(rng) - 128
    angle = 2 * np.pi * rng.random()
    steps = np.linspace(-0.1, 0.1, side, dtype=np.float32)
    slope = np.float32(np.cos(angle)) * steps[None, :] + np.float32(np.sin(angle)) * steps[:, None]
    return tone[:, None, None] + drift[:, None, None] * slope


def textured(rng: np.random.Generator, side: int) -> Image:
    """Return a random window of a random texture, blended between two muted tones that are alike in
    brightness.
    """
    bank = texture_bank()
    y, x = rng.integers(0, BANK_SIDE - side + 1, 2)
    pattern = bank[rng.integers(len(bank)), y : y + side, x : x + side]
    if rng.random() < 0.5:
        pattern = pattern[:, ::-1]
    first, second = muted_color(rng), muted_color(rng)
    # On two tones of very different brightness objects would be hard to see, so the second tone is
    # moved to at most 48 levels from the first.
    second = second + (1 - 48 / max(48.0, abs(float((second - first).mean())))) * float(
        (first - second).mean()
    )
    return first[:, None, None] + (second - first)[:, None, None] * pattern


def add_noise(image: Image, rng: np.random.Generator, strength: float) -> None:
    """Add sensor noise with a standard deviation of ``strength`` levels, in place, from a bank that
    is made once.
    """
    side = image.shape[-1]
    y, x = rng.integers(0, BANK_SIDE - side + 1, 2)
    image += np.float32(strength) * _noise_bank()[:, y : y + side, x : x + side]


def muted_color(rng: np.random.Generator) -> Image:
    """Return a colour (3,) of low saturation, light more often than dark: a background for bright
    objects.
    """
    level = 196 + 48 * rng.random() if rng.random() < 0.7 else 34 + 40 * rng.random()
    return (level + 22 * (rng.random(3) - 0.5)).astype(np.float32)


@lru_cache(maxsize=1)
def texture_bank() -> NDArray[np.float32]:
    """Return the textures (num, side, side) with values in 0..1: clouds, stripes, weave, scales and
    grain, seeded.
    """
    rng = np.random.default_rng(20)
    makers = (_clouds, _stripes, _weave, _cells)
    return np.stack([_stretched(makers[i % len(makers)](rng)) for i in range(NUM_TEXTURES)])


@lru_cache(maxsize=1)
def _noise_bank() -> NDArray[np.float32]:
    return np.random.default_rng(21).standard_normal((3, BANK_SIDE, BANK_SIDE), dtype=np.float32)


def _stretched(pattern) -> NDArray[np.float32]:
    low, high = pattern.min(), pattern.max()
    return ((pattern - low) / (high - low)).astype(np.float32)


def _smooth_noise(rng, cells: int):
    """Return noise (side, side) that varies over about ``cells`` bumps per side: a coarse grid,
    smoothly enlarged.
    """
    grid = rng.standard_normal((cells + 2, cells + 2))
    position = np.linspace(0.5, cells + 0.5, BANK_SIDE)
    whole = position.astype(int)
    blend = (position - whole) ** 2 * (3 - 2 * (position - whole))
    rows = grid[whole] * (1 - blend[:, None]) + grid[whole + 1] * blend[:, None]
    return rows[:, whole] * (1 - blend) + rows[:, whole + 1] * blend


def _clouds(rng):
    return sum(_smooth_noise(rng, cells) / cells**0.8 for cells in (4, 9, 20, 44))


def _stripes(rng):
    angle, period = np.pi * rng.random(), 9 + 12 * rng.random()
    y, x = np.mgrid[:BANK_SIDE, :BANK_SIDE]
    wobble = 2.5 * _smooth_noise(rng, 7)
    return np.sin(
        2 * np.pi * (np.cos(angle) * x + np.sin(angle) * y + wobble) / period
    ) + 0.5 * _clouds(rng)


def _weave(rng):
    period = 7 + 7 * rng.random()
    y, x = np.mgrid[:BANK_SIDE, :BANK_SIDE] + 1.5 * _smooth_noise(rng, 9)
    return np.sin(2 * np.pi * x / period) * np.sin(2 * np.pi * y / period) + 0.7 * _clouds(rng)


def _cells(rng):
    """Pebbles: the distance to the nearest of many random points."""
    points = (rng.random((150, 2)) * BANK_SIDE).astype(np.float32)
    across, down = (np.arange(BANK_SIDE, dtype=np.float32) - points.T[:, :, None]) ** 2
    nearest = np.full((BANK_SIDE, BANK_SIDE), np.inf, dtype=np.float32)
    for x, y in zip(across, down, strict=True):
        np.minimum(nearest, x + y[:, None], out=nearest)
    return np.sqrt(nearest)
