import functools
import json
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from locviz.cli import main
from locviz.data import Shapes, write_coco
from locviz.data import catalog as catalog_module

NASTY = "<img src=x onerror=alert(1)>"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A catalogue whose one data set is served by this machine: returns a function that writes the
    catalogue.
    """
    public = tmp_path / "public"
    write_coco(Shapes(num_scenes=3), tmp_path / "made" / "top", split="train")
    shutil.make_archive(str(public / "set"), "zip", tmp_path / "made")
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(public)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("LOCVIZ_DATA", str(tmp_path / "home"))

    def write(**changes):
        download = {"url": f"http://127.0.0.1:{server.server_port}/set.zip"} | changes
        pairs = ", ".join(f"{key} = {json.dumps(value)}" for key, value in download.items())
        path = tmp_path / "catalog.toml"
        path.write_text(
            '[mine]\ntitle = "Mine"\nlicence = "MIT"\nhomepage = "http://h"\nnote = ""\nfolder = "top"\n'
            f"downloads = [{{ {pairs} }}]\n"
        )
        monkeypatch.setattr(catalog_module, "shipped_folder", lambda: tmp_path)
        return public / "set.zip"

    yield write
    server.shutdown()
    thread.join()
    server.server_close()


def test_list(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("LOCVIZ_DATA", str(tmp_path))
    (tmp_path / "bccd").mkdir()
    assert main(["data", "list"]) == 0
    out = capsys.readouterr().out
    for word in ("shapes-crowded", "digits", "voc2007", "licence: MIT", "1.1 GB", str(tmp_path)):
        assert word in out
    assert out.count("[on this machine]") == 1


def test_fetch_says_what_it_does_and_check_reads_it(served, capsys, tmp_path):
    import hashlib

    archive = served()
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    assert main(["data", "fetch", "mine"]) == 0
    out = capsys.readouterr().out
    for word in (
        "Mine",
        "licence: MIT",
        "/set.zip",
        str(tmp_path / "home" / "mine"),
        "unverified",
        digest,
    ):
        assert word in out
    assert sorted(p.name for p in (tmp_path / "home").iterdir()) == ["downloads", "mine"]
    assert not list((tmp_path / "home" / "downloads").iterdir()), (
        "archives are removed once unpacked"
    )
    assert main(["data", "check", "mine"]) == 0
    out = capsys.readouterr().out
    assert f"sha256 {digest} (unverified)" in out
    assert "train: 3 images" in out
    assert "all boxes are valid" in out
    assert main(["data", "fetch", "mine"]) == 0
    assert "already" in capsys.readouterr().out


def test_a_verified_sum(served, capsys):
    import hashlib

    archive = served()
    served(sha256=hashlib.sha256(archive.read_bytes()).hexdigest(), size=archive.stat().st_size)
    assert main(["data", "fetch", "mine"]) == 0
    assert "unverified" not in capsys.readouterr().out
    main(["data", "check", "mine"])
    assert "(verified)" in capsys.readouterr().out


def test_a_wrong_sum(served, capsys, tmp_path):
    served(sha256="0" * 64)
    assert main(["data", "fetch", "mine"]) == 2
    assert "instead of 0000" in capsys.readouterr().err
    assert not (tmp_path / "home" / "mine").exists()


def test_a_hostile_archive(served, capsys, tmp_path):
    import zipfile

    with zipfile.ZipFile(served(), "w") as archive:
        archive.writestr("top/fine", "x")
        archive.writestr("../../evil", "x")
    assert main(["data", "fetch", "mine"]) == 2
    assert "outside its folder" in capsys.readouterr().err
    assert not list(tmp_path.rglob("evil"))
    assert not (tmp_path / "home" / "mine").exists()


def test_unknown_and_drawn_names(capsys):
    assert main(["data", "fetch", "nothing"]) == 2
    assert "is not in the catalogue: it has bccd" in capsys.readouterr().err
    assert main(["data", "fetch", "digits"]) == 0
    assert "nothing to fetch" in capsys.readouterr().out
    assert main(["data", "check", "nowhere"]) == 2
    assert "neither a folder nor a known data set" in capsys.readouterr().err


def test_check_reports_bad_boxes_and_broken_images(capsys, tmp_path):
    path = write_coco(Shapes(num_scenes=3), tmp_path, split="train")
    content = json.loads(path.read_text())
    content["annotations"][0]["bbox"][2] = 0
    content["categories"][0]["name"] = NASTY
    path.write_text(json.dumps(content))
    assert main(["data", "check", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "boxes skipped: 1, clipped: 0" in out
    assert "000000.png: box (" in out
    assert "has no area: skipped" in out
    (tmp_path / "images" / "train" / "000001.png").write_bytes(b"\x89PNG broken")
    assert main(["data", "check", str(tmp_path), "--split", "train"]) == 1
    assert "000001.png is corrupt" in capsys.readouterr().out


def test_check_of_json_lines(capsys, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"qid": 1}\n{"qid": 2}\n')
    assert main(["data", "check", str(tmp_path)]) == 0
    assert "every line is a JSON object" in capsys.readouterr().out
    (tmp_path / "a.jsonl").write_text('{"qid": 1}\nnot json\n[1]\n')
    assert main(["data", "check", str(tmp_path)]) == 1
    assert "lines [2, 3]" in capsys.readouterr().out


def test_check_of_real_photographs(capsys):
    import os
    from pathlib import Path

    default = Path(__file__).parents[2] / ".." / "shared" / "data"
    folder = Path(os.environ.get("LOCVIZ_TEST_DATA", default)) / "bccd" / "BCCD"
    if not folder.is_dir():
        pytest.skip("no real data: set LOCVIZ_TEST_DATA")
    assert main(["data", "check", str(folder), "--split", "val", "--split", "test"]) == 0
    out = capsys.readouterr().out
    assert "val: 87 images" in out
    assert "test: 72 images" in out
