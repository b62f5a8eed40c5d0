import io
import os
import stat
import tarfile
import zipfile

import pytest

from locviz.data.unpack import unpack


def _zip(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def _tar(path, members, mode="w"):
    with tarfile.open(path, mode) as archive:
        for name, content in members.items():
            info = content if isinstance(content, tarfile.TarInfo) else tarfile.TarInfo(name)
            data = b"" if isinstance(content, tarfile.TarInfo) else content
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def _special(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def test_zip_and_tar_go_into_one_folder(tmp_path):
    first = _zip(tmp_path / "a.zip", {"top/": b"", "top/one.txt": b"1"})
    second = _tar(tmp_path / "b.tar.gz", {"./top/two.txt": b"22", "three.txt": b"3"}, "w:gz")
    plain = tmp_path / "notes.jsonl"
    plain.write_text("{}\n")
    unpack([first, second, plain], tmp_path / "out")
    found = {
        str(p.relative_to(tmp_path / "out")): p.read_bytes()
        for p in (tmp_path / "out").rglob("*")
        if p.is_file()
    }
    assert found == {
        "top/one.txt": b"1",
        "top/two.txt": b"22",
        "three.txt": b"3",
        "notes.jsonl": b"{}\n",
    }


def _refused(tmp_path, archive, message):
    """The archive is refused, and neither its folder, nor a half of it, nor a file elsewhere
    appears.
    """
    before = sorted(str(path) for path in tmp_path.rglob("*") if path != tmp_path / "inner")
    with pytest.raises(ValueError, match=message):
        unpack([archive], tmp_path / "inner" / "out")
    after = sorted(str(path) for path in tmp_path.rglob("*") if path != tmp_path / "inner")
    assert after == before


@pytest.mark.parametrize(
    "name", ["../evil", "a/../../evil", "/evil", "a\\..\\..\\evil", "C:/evil", "a/.."]
)
@pytest.mark.parametrize("maker", [_zip, _tar])
def test_names_that_escape(tmp_path, maker, name):
    archive = maker(tmp_path / "bad.archive", {"good.txt": b"fine", name: b"evil"})
    _refused(tmp_path, archive, "outside its folder")


@pytest.mark.parametrize(
    "member",
    [
        _special("link", tarfile.SYMTYPE, "../../etc"),
        _special("link", tarfile.SYMTYPE, "/etc/passwd"),
        _special("link", tarfile.LNKTYPE, "../outside"),
        _special("device", tarfile.CHRTYPE),
        _special("pipe", tarfile.FIFOTYPE),
    ],
    ids=lambda member: f"{member.name} {member.linkname}",
)
def test_links_and_devices_in_a_tar(tmp_path, member):
    archive = _tar(tmp_path / "bad.tar", {"good.txt": b"fine", "x": member, "link/evil": b"evil"})
    _refused(tmp_path, archive, "a link or device")


def test_links_in_a_zip(tmp_path):
    info = zipfile.ZipInfo("link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr(info, "/etc")
    _refused(tmp_path, tmp_path / "bad.zip", "a link or device")


def test_directories_that_escape(tmp_path):
    _refused(
        tmp_path,
        _tar(tmp_path / "bad.tar", {"x": _special("../evil", tarfile.DIRTYPE)}),
        "outside its folder",
    )
    _refused(tmp_path, _zip(tmp_path / "bad.zip", {"../evil/": b""}), "outside its folder")


def test_broken_archives(tmp_path):
    whole = _zip(
        tmp_path / "bad.zip", {"a.bin": os.urandom(5000), "b.bin": os.urandom(5000)}
    ).read_bytes()
    (tmp_path / "bad.zip").write_bytes(whole[:100] + b"\0" * 200 + whole[300:])
    _refused(tmp_path, tmp_path / "bad.zip", r"bad\.zip cannot be unpacked")
    whole = _tar(tmp_path / "bad.tar.gz", {"a.bin": os.urandom(50000)}, "w:gz").read_bytes()
    (tmp_path / "bad.tar.gz").write_bytes(whole[: len(whole) // 2])
    _refused(tmp_path, tmp_path / "bad.tar.gz", r"bad\.tar\.gz cannot be unpacked")
    (tmp_path / "page.zip").write_text("<html>not found</html>")
    _refused(tmp_path, tmp_path / "page.zip", "is not an archive")


def test_an_archive_that_does_not_fit_on_the_disk(tmp_path, monkeypatch):
    import shutil

    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 8, 2))
    _refused(
        tmp_path,
        _zip(tmp_path / "big.zip", {"a": b"abcdef"}),
        "unpacks to 6 bytes, but .* has 2 free",
    )


def test_an_existing_folder_is_left_alone(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()
    with pytest.raises(ValueError, match="exists already"):
        unpack([_zip(tmp_path / "a.zip", {"a": b""})], tmp_path / "out")
    assert os.listdir(tmp_path / "out") == ["mine"]
