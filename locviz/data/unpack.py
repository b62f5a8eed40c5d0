"""Unpack archives that may be hostile: no file is written outside the folder, and no half-written
folder is left behind.
"""

import shutil
import stat
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path, PurePosixPath


@dataclass(frozen=True)
class _Member:
    """A file of an archive: its name, its size in bytes, and what reads it."""

    name: str
    size: int
    source: tarfile.TarInfo | zipfile.ZipInfo


def unpack(archives: Sequence[Path], folder: Path) -> None:
    """Unpack zip and tar files into a new ``folder``; a file that is no archive is copied there as
    it is.

    The names of an archive are all checked before its first byte is written. Files are written into
    a temporary folder, which gets its name at the end: so ``folder`` holds everything, or it does
    not exist. File modes, owners and empty folders are not kept.

    Raises:
        ValueError: ``folder`` exists; a name is absolute or climbs with ``..``; a member is a link
            or a device; the files need more than the free disk space; an archive is broken. Nothing
            is left behind.
    """
    if folder.exists():
        raise ValueError(f"{folder} exists already: remove it to unpack again")
    aside = folder.with_name(folder.name + ".unpacking")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        aside.mkdir(parents=True)
        for archive in archives:
            _unpack_one(archive, aside)
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _unpack_one(archive: Path, folder: Path) -> None:
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as source:
                _write_all(list(_zip_members(source)), source.open, archive, folder)
        elif tarfile.is_tarfile(archive):
            with tarfile.open(archive) as source:
                _write_all(list(_tar_members(source)), source.extractfile, archive, folder)
        elif archive.suffix in (".zip", ".tar", ".gz", ".tgz"):
            raise ValueError(
                f"{archive} is not an archive, in spite of its name: download it again"
            )
        else:
            shutil.copyfile(archive, folder / archive.name)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, RuntimeError, OSError) as error:
        raise ValueError(f"{archive} cannot be unpacked ({error}): download it again") from error


def _write_all(members: list[_Member], opener, archive: Path, folder: Path) -> None:
    for member in members:
        check_name(member.name, archive)
    needed, free = sum(member.size for member in members), shutil.disk_usage(folder).free
    if needed > free:
        raise ValueError(
            f"{archive} unpacks to {needed} bytes, but {folder.parent} has {free} free"
        )
    for member in members:
        target = folder / PurePosixPath(member.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        with opener(member.source) as source, target.open("wb") as file:
            _copy(source, file, member, archive)


def _copy(source: BufferedIOBase, file: BufferedIOBase, member: _Member, archive: Path) -> None:
    """Copy at most the announced number of bytes: an archive that holds more would fill the disk."""
    # One byte more than announced is enough to notice that there are more.
    shutil.copyfileobj(_Limited(source, member.size + 1), file)  # type: ignore[arg-type]
    if file.tell() != member.size:
        raise ValueError(
            f"{archive}: {member.name} is not of the announced size, {member.size} bytes"
        )


class _Limited:
    """A file that ends after so many bytes."""

    def __init__(self, file: BufferedIOBase, limit: int):
        self._file, self._left = file, limit

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, none once the limit is reached."""
        data = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        return data


def check_name(name: str, archive: Path) -> None:
    """Raise a ValueError unless ``name`` is a plain path that stays below the folder it is unpacked
    into.
    """
    parts = PurePosixPath(name).parts
    # On Windows, a backslash separates folders and a colon follows the name of a drive.
    if (
        not parts
        or name.startswith("/")
        or ".." in parts
        or any(mark in name for mark in ("\\", ":", "\0"))
    ):
        raise ValueError(
            f"{archive} would write to {name!r}, outside its folder: it is not unpacked"
        )


def _zip_members(source: zipfile.ZipFile) -> Iterator[_Member]:
    for info in source.infolist():
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise ValueError(
                f"{source.filename} holds {info.filename!r}, a link or device: it is not unpacked"
            )
        if info.is_dir():
            check_name(info.filename, Path(str(source.filename)))
        else:
            yield _Member(info.filename, info.file_size, info)


def _tar_members(source: tarfile.TarFile) -> Iterator[_Member]:
    for info in source:
        if info.isdir():
            if info.name not in (".", "./"):
                check_name(info.name, Path(str(source.name)))
        elif info.isfile():
            yield _Member(info.name, info.size, info)
        else:
            raise ValueError(
                f"{source.name} holds {info.name!r}, a link or device: it is not unpacked"
            )
