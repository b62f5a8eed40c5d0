import os
from pathlib import Path

import pytest

DEFAULT = Path(__file__).parents[2] / ".." / "shared" / "data"


@pytest.fixture(scope="session")
def bccd():
    """Real photographs of blood cells, where they are at hand."""
    folder = Path(os.environ.get("LOCVIZ_TEST_DATA", DEFAULT)) / "bccd" / "BCCD"
    if not folder.is_dir():
        pytest.skip(f"no real data in {folder}: set LOCVIZ_TEST_DATA")
    return folder
