"""The catalogue of data sets that can be fetched: ``datasets/catalog.toml``."""

import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Download:
    """One file of a data set. ``size`` (in bytes) and ``sha256`` are None where they are not known."""

    url: str
    size: int | None = None
    sha256: str | None = None

    @property
    def filename(self) -> str:
        """The last part of the URL's path."""
        return self.url.split("?")[0].rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Entry:
    """One data set.

    ``folder`` is where its annotations lie once they are unpacked, below the data set's own folder.
    ``splits`` are those that it has images for; an empty list means all that it has annotations
    for.
    """

    name: str
    title: str
    licence: str
    homepage: str
    note: str
    downloads: tuple[Download, ...] = field(default_factory=tuple)
    folder: str = "."
    splits: tuple[str, ...] = ()

    @property
    def size(self) -> int | None:
        """Bytes to download, or None where a file's size is not known."""
        sizes = [download.size for download in self.downloads]
        return None if None in sizes else sum(size for size in sizes if size is not None)


def shipped_folder() -> Path:
    """Return the folder ``datasets``: beside the package in a checkout, inside it in an installed
    wheel.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    package = Path(str(files("locviz")))
    candidates = (package / "datasets", package.parent / "datasets")
    for path in candidates:
        # Looking for the file tells this folder from Hugging Face's package ``datasets``, which may
        # lie beside an installed wheel.
        if (path / "catalog.toml").is_file():
            return path
    raise FileNotFoundError(
        f"catalog.toml is in none of {', '.join(map(str, candidates))}: install locviz again"
    )


def catalog(path: Path | None = None) -> dict[str, Entry]:
    """Return the data sets that can be fetched, by name.

    Raises:
        ValueError: the file is not valid TOML or an entry lacks a key.
    """
    path = shipped_folder() / "catalog.toml" if path is None else path
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path} is not valid TOML: {error}") from error
    return {name: _entry(name, table, path) for name, table in content.items()}


def _entry(name: str, table: dict[str, Any], path: Path) -> Entry:
    required = ("title", "licence", "homepage", "note", "downloads")
    missing = [key for key in required if key not in table]
    if missing:
        raise ValueError(f"{path}: [{name}] lacks {', '.join(missing)}: add what is missing")
    downloads = tuple(Download(**download) for download in table["downloads"])
    return Entry(
        name, **{**table, "downloads": downloads, "splits": tuple(table.get("splits", ()))}
    )
