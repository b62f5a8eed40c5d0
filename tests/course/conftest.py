import pytest

from locviz.course import progress_file


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    """No test may touch the progress of whoever runs it."""
    monkeypatch.setenv("LOCVIZ_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(progress_file, "_notices", [])
    monkeypatch.setattr(progress_file, "_unsaved", {})
    return tmp_path / "home"
