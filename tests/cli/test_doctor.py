"""Each thing that ``locviz doctor`` looks for is taken away in turn: it must say so and say how to
mend it.
"""

import importlib.metadata
import json
import sys
from importlib.util import find_spec

import pytest
import torch

from locviz.cli import doctor, main


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOCVIZ_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LOCVIZ_DEVICE", raising=False)


@pytest.fixture
def without(monkeypatch):
    """Make installed packages look absent."""

    def forget(*packages):
        def version(name):
            if name in packages:
                raise importlib.metadata.PackageNotFoundError(name)
            return importlib.metadata.version(name)

        monkeypatch.setattr(doctor, "version", version)
        monkeypatch.setattr(
            doctor, "find_spec", lambda name: None if name in packages else find_spec(name)
        )

    return forget


@pytest.fixture
def programs(monkeypatch):
    """Only these programs are on the path."""

    def only(**found):
        monkeypatch.setattr(doctor.shutil, "which", lambda name: found.get(name))

    return only


def find(name):
    (finding,) = [finding for finding in doctor.examine() if finding.name == name]
    return finding


def test_the_report_counts_what_needs_mending_and_says_how(capsys, without):
    without("jupyterlab")
    assert main(["doctor"]) == 1
    report = capsys.readouterr().out
    assert report.startswith("locviz ")
    assert "FIX   jupyterlab" in report
    assert "-> pip install 'locviz[lab]'" in report
    assert "To mend:" in report.splitlines()[-1]
    assert "jupyterlab" in report.splitlines()[-1]


def test_headless_looks_only_at_what_training_needs(capsys, without):
    without("jupyterlab", "ipykernel", "anywidget", "matplotlib")
    assert main(["doctor", "--headless"]) == 0
    report = capsys.readouterr().out
    assert "torchvision" in report
    assert "jupyterlab" not in report
    assert "Everything that locviz needs works here." in report


def test_notes_do_not_count(capsys, monkeypatch):
    monkeypatch.setattr(
        doctor, "examine", lambda headless: [doctor.Finding("node", "note", "not found", "get it")]
    )
    assert main(["doctor"]) == 0


@pytest.mark.parametrize(
    ("version", "status"),
    [("2.10.1", "fix"), ("2.11.0+cpu", "ok"), ("2.15.3", "ok"), ("2.16.0", "fix")],
)
def test_supported_torch_versions(monkeypatch, version, status):
    monkeypatch.setattr(torch, "__version__", version)
    assert find("torch").status == status


def test_torchvision_of_another_source_is_named(monkeypatch):
    import torchvision.ops

    def broken(*args):
        raise RuntimeError("operator torchvision::nms does not exist\nmore")

    monkeypatch.setattr(torchvision.ops, "nms", broken)
    finding = find("torchvision")
    assert finding.status == "fix"
    assert finding.says.endswith("operator torchvision::nms does not exist")
    assert "from one source" in finding.remedy
    assert "download.pytorch.org/whl/cpu" in finding.remedy


def test_missing_torchvision_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "torchvision", None)
    assert find("torchvision").status == "fix"


def test_wrong_operators_are_noticed(monkeypatch):
    import torchvision.ops

    monkeypatch.setattr(torchvision.ops, "nms", lambda *args: torch.tensor([0, 1]))
    assert "nms gives [0, 1]" in find("torchvision").says


def test_an_impossible_device_is_named(monkeypatch):
    monkeypatch.setenv("LOCVIZ_DEVICE", "cuda:99")
    finding = find("device")
    assert finding.status == "fix"
    assert "cuda:99" in finding.says
    monkeypatch.setenv("LOCVIZ_DEVICE", "cpu")
    assert "cpu (LOCVIZ_DEVICE)" in find("device").says


def test_a_progress_folder_that_cannot_be_written(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("LOCVIZ_HOME", str(tmp_path / "file" / "below"))
    assert "LOCVIZ_HOME" in find("progress").remedy
    monkeypatch.setenv("LOCVIZ_HOME", str(tmp_path / "new"))
    assert find("progress").status == "ok"


@pytest.mark.parametrize(
    ("package", "name"),
    [
        ("jupyterlab", "jupyterlab"),
        ("ipykernel", "kernel"),
        ("anywidget", "widget extension"),
        ("ipywidgets", "widget extension"),
        ("jupyterlab_server", "widget extension"),
        ("plotly", "libraries"),
    ],
)
def test_each_missing_package_is_named_with_its_remedy(without, package, name):
    without(package)
    finding = find(name)
    assert finding.status == "fix"
    assert "locviz[lab]" in finding.remedy


def test_an_old_kernel_is_named(monkeypatch):
    monkeypatch.setattr(doctor, "version", lambda name: "6.29.5" if name == "ipykernel" else "1.0")
    assert "ipykernel>=7" in find("kernel").remedy


@pytest.fixture
def labextensions(tmp_path, monkeypatch):
    """A folder of lab extensions of the test's own, and the only one."""
    pytest.importorskip("jupyterlab_server")
    import jupyter_core.paths

    monkeypatch.setattr(
        jupyter_core.paths, "jupyter_path", lambda *parts: [str(tmp_path / "labextensions")]
    )
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))

    def add(name, version):
        folder = tmp_path / "labextensions" / name
        folder.mkdir(parents=True)
        build = {"load": "static/remoteEntry.js", "extension": "./extension"}
        (folder / "package.json").write_text(
            json.dumps({"name": name, "version": version, "jupyterlab": {"_build": build}})
        )

    return add


def test_a_missing_browser_side_is_named(labextensions):
    finding = find("widget extension")
    assert "@jupyter-widgets/jupyterlab-manager is not where" in finding.says
    labextensions("@jupyter-widgets/jupyterlab-manager", "5.0")
    finding = find("widget extension")
    assert "anywidget is not where" in finding.says
    assert "--force-reinstall --no-deps anywidget" in finding.remedy


def test_two_versions_of_the_widget_extension_are_named(labextensions):
    labextensions("@jupyter-widgets/jupyterlab-manager", "5.0")
    labextensions("anywidget", "0.0.1")
    assert "0.0.1 in the browser" in find("widget extension").says


def test_a_disabled_widget_extension_is_named(labextensions, monkeypatch):
    import jupyterlab_server.config

    labextensions("@jupyter-widgets/jupyterlab-manager", "5.0")
    labextensions("anywidget", importlib.metadata.version("anywidget"))
    monkeypatch.setattr(
        jupyterlab_server.config,
        "get_page_config",
        lambda folders: {"disabledExtensions": {"anywidget": True}},
    )
    finding = find("widget extension")
    assert finding.says == "anywidget is disabled"
    assert finding.remedy == "jupyter labextension enable anywidget"
    monkeypatch.setattr(
        jupyterlab_server.config,
        "get_page_config",
        lambda folders: {"disabledExtensions": ["other"]},
    )
    assert find("widget extension").status == "ok"


def test_missing_bundles_are_named(monkeypatch, tmp_path):
    monkeypatch.setattr("locviz.__file__", str(tmp_path / "__init__.py"))
    assert "make widgets" in find("widgets").remedy


def test_a_disabled_server_extension_is_named(monkeypatch):
    monkeypatch.setattr("locviz.server.is_enabled", lambda: False)
    finding = find("server extension")
    assert finding.status == "fix"
    assert "jupyter server extension enable locviz.server" in finding.remedy
    monkeypatch.setattr("locviz.server.is_enabled", lambda: True)
    assert find("server extension").status == "ok"


def test_missing_node_and_chromium_are_notes_with_a_remedy(programs, monkeypatch):
    monkeypatch.delenv("LOCVIZ_CHROMIUM", raising=False)
    programs()
    for name in ("node", "chromium"):
        finding = find(name)
        assert finding.status == "note"
        assert "apt-get install" in finding.remedy


def test_an_old_node_is_a_note(programs, tmp_path):
    fake = tmp_path / "node"
    fake.write_text("#!/bin/sh\necho v18.1.0\n")
    fake.chmod(0o755)
    programs(node=str(fake), chromium="/usr/bin/chromium")
    assert find("node").status == "note"
    assert "v18.1.0" in find("node").says
    assert find("chromium").status == "ok"


def test_a_check_that_breaks_is_a_finding_not_a_crash(monkeypatch):
    def explode():
        raise OSError("disk on fire")

    monkeypatch.setattr("locviz.server.is_enabled", explode)
    finding = find("server extension")
    assert finding.status == "fix"
    assert "disk on fire" in finding.says
