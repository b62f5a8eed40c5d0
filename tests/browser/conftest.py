"""What browser tests share: one JupyterLab, its kernels and one Chromium per run.

A test asks for ``open_notebook`` and gets a page with helpers (`tools/lab_page.py`). Where Chromium
or Node is missing, every test here is skipped with the reason, and ``tools/browser_ready.py`` makes
`make test` fail at its end.
"""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))


def pytest_collection_modifyitems(items):
    """Everything in this folder carries the marker ``browser``."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def kernels():
    """What every JupyterLab of this test run forks its kernels from."""
    from lab_driver import missing
    from warm_kernels import WarmKernels

    if problems := missing():
        pytest.skip("; ".join(problems))
    with WarmKernels() as warm:
        yield warm


@pytest.fixture(scope="session")
def lab(kernels, tmp_path_factory):
    """A running JupyterLab of this test run."""
    from lab_driver import JupyterLab

    with JupyterLab(tmp_path_factory.mktemp("jupyterlab"), kernels=kernels) as server:
        yield server


@pytest.fixture(scope="session")
def chromium(lab):
    """A running Chromium."""
    from lab_driver import CHROMIUM_FLAGS, chromium_path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def desk(lab, chromium):
    """Opens notebooks one after the other in one page: to load JupyterLab takes ten times as long."""
    from lab_page import Desk

    return Desk(lab, chromium)


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A test that failed may have left anything in its page: the page is not for the next one."""
    if call.excinfo is not None:
        item.stash[FAILED] = item.getparent(pytest.Module).stash[FAILED] = True
    return (yield)


def opener(desk, node):
    opened = []

    def open_one(notebook, **options):
        opened.append(desk.open(notebook, **options))
        return opened[-1]

    yield open_one
    for page in opened:
        desk.clear(page, keep=not page.errors and not node.stash.get(FAILED, False))
    assert [page.foreign for page in opened if page.foreign] == []
    assert [page.errors for page in opened if page.errors] == []


@pytest.fixture
def open_notebook(desk, request):
    """``open_notebook(path_or_cell_sources, width=1280, height=900)`` -> a page with that notebook
    and an idle kernel; ``reduced_motion="reduce"`` for a reader who wants none.

    Afterwards the test fails if the page threw, or asked anything of another machine.
    """
    yield from opener(desk, request.node)


@pytest.fixture(scope="module")
def open_for_file(desk, request):
    """The same for a fixture of one file: the notebook stays open for all its tests."""
    yield from opener(desk, request.node)
