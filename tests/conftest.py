"""Shared by all tests."""

import os

import jaxtyping
import pytest
from hypothesis import settings

# No deadline: a loaded machine is no failure. In CI the examples are always the same ones; on a
# desk they vary.
settings.register_profile("locviz", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("locviz")


@pytest.fixture
def unchecked():
    """Switch the run-time shape checks off, as they are for users: for tests of our own errors
    about shapes.
    """
    before = jaxtyping.config.jaxtyping_disable
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", before)


def pytest_make_parametrize_id(config, val, argname):
    """Name callables by their name: an address in a test's name differs between the processes of
    pytest-xdist.
    """
    return getattr(val, "__name__", type(val).__name__) if callable(val) else None
