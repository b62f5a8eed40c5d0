"""Download a file: resume a broken download, check the file, and give it its name only when it is
complete.
"""

import hashlib
import http.client
import os
import shutil
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

CHUNK = 1 << 18
ATTEMPTS = 4
TIMEOUT = 30.0  # seconds without a byte


class DownloadError(ValueError):
    """A download that did not succeed; the message says why and what to do. The bytes that arrived
    are kept, so that the download can be resumed.
    """


class _BrokeOff(Exception):
    """The connection ended early; another attempt may succeed."""


def download(
    url: str,
    target: Path,
    *,
    size: int | None = None,
    sha256: str | None = None,
    progress: bool = True,
    wait: float = 1.0,
) -> str:
    """Download ``url`` to ``target`` and return the file's sha256.

    Bytes are written to ``<target>.part``, which is renamed at the end, so ``target`` is never half
    a file. After a broken connection the rest is asked for by an HTTP Range request, until four
    attempts in a row bring nothing. The ``.part`` file of an earlier run is continued in the same
    way, if the server confirms that the file is unchanged or ``sha256`` is given to check the
    result. Proxies named in the environment are used. An existing ``target`` is kept, if it has the
    given size and sum.

    Args:
        url: http or https.
        target: path of the file; its folder is created.
        size: bytes; where given, it is compared with the file, and beforehand with the free disk
            space.
        sha256: hexadecimal; where given, it is compared with the file.
        progress: whether to draw a progress bar.
        wait: seconds before the second attempt, doubled for each further one.

    Raises:
        DownloadError: no connection, an HTTP error, a wrong size or sum (the file is then removed),
            a folder that cannot be written to, too little space.
    """
    if not url.startswith(("http://", "https://")):
        raise DownloadError(f"url must begin with http:// or https://, got {url!r}")
    part = target.with_name(target.name + ".part")
    with _writable(target.parent):
        if target.is_file() and not _faults(target, size, sha256):
            return _sum(target)  # an earlier run downloaded this file and stopped at a later one
        target.parent.mkdir(parents=True, exist_ok=True)
        _check_space(target.parent, size, part)
        _fetch(url, part, trusted=sha256 is not None, progress=progress, wait=wait)
        digest = _checked(part, url, size, sha256)
        os.replace(part, target)
        _tag_file(part).unlink(missing_ok=True)
    return digest


def _fetch(url: str, part: Path, *, trusted: bool, progress: bool, wait: float) -> None:
    attempt = 0
    while True:
        before = _length(part)
        try:
            return _one_attempt(_request(url, part, trusted), part, progress=progress)
        except _BrokeOff as error:
            attempt = 1 if _length(part) > before else attempt + 1
            if attempt >= ATTEMPTS:
                raise DownloadError(
                    f"{url}: the connection broke off {ATTEMPTS} times ({error}); {_length(part)} bytes are kept in "
                    f"{part}: run the same command again to go on from there"
                ) from error
            time.sleep(wait * 2 ** (attempt - 1))


def _one_attempt(request: urllib.request.Request, part: Path, *, progress: bool) -> None:
    start = _length(part)
    try:
        # A new opener, because urlopen keeps the proxies that it found when it was first used.
        with urllib.request.build_opener().open(request, timeout=TIMEOUT) as response:
            if response.status != 206:
                # The server sends the whole file: it supports no ranges, or the file has changed.
                start = 0
            elif not response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
                part.unlink()
                raise _BrokeOff(
                    f"the server answered with another range, {response.headers.get('Content-Range')}"
                )
            _remember(part, response.headers.get("ETag") or response.headers.get("Last-Modified"))
            _save(response, part, start, progress=progress)
    except urllib.error.HTTPError as error:
        with error:
            _explain_status(error, part, start)
    except urllib.error.URLError as error:
        _explain_no_connection(error, request.host)
    except (ConnectionError, TimeoutError, http.client.HTTPException) as error:
        raise _BrokeOff(f"{type(error).__name__}: {error}") from error


def _request(url: str, part: Path, trusted: bool) -> urllib.request.Request:
    """Ask for the rest of a file only where a change of the file would be noticed: the server
    compares its tag, or the sum is checked at the end.
    """
    headers = {"User-Agent": "locviz", "Accept-Encoding": "identity"}
    start = _length(part)
    tag = _tag_file(part).read_text() if _tag_file(part).is_file() else None
    if start and (tag or trusted):
        headers |= {"Range": f"bytes={start}-"} | ({"If-Range": tag} if tag else {})
    return urllib.request.Request(url, headers=headers)


def _save(response, part: Path, start: int, *, progress: bool) -> None:
    length = response.headers.get("Content-Length")
    expected = start + int(length) if length is not None else None
    bar = tqdm(
        total=expected,
        initial=start,
        unit="B",
        unit_scale=True,
        unit_divisor=1024,
        desc=part.stem,
        disable=not progress,
    )
    with bar, part.open("r+b" if start else "wb") as file:
        file.seek(start)
        while chunk := response.read(CHUNK):
            file.write(chunk)
            bar.update(len(chunk))
        received = file.tell()
    if expected is not None and received < expected:
        raise _BrokeOff(f"{received} of {expected} bytes came")


def _explain_status(error: urllib.error.HTTPError, part: Path, start: int) -> None:
    if error.code == 416 and error.headers.get("Content-Range") == f"bytes */{start}":
        return  # the earlier run had received every byte and was stopped before the renaming
    if error.code == 416:
        part.unlink(missing_ok=True)
        raise _BrokeOff(f"the server has nothing after byte {start}") from error
    if error.code >= 500 or error.code == 429:
        raise _BrokeOff(f"HTTP {error.code} {error.reason}") from error
    raise DownloadError(
        f"{error.url}: HTTP {error.code} {error.reason}; has the file moved? See the data set's homepage"
    ) from error


def _explain_no_connection(error: urllib.error.URLError, host: str) -> None:
    if isinstance(error.reason, socket.gaierror | ConnectionRefusedError):
        raise DownloadError(
            f"cannot reach {host} ({error.reason}): this machine seems to be offline, or needs a proxy "
            "(set https_proxy). Nothing in the course needs this download"
        ) from error
    raise _BrokeOff(str(error.reason)) from error


def _checked(part: Path, url: str, size: int | None, sha256: str | None) -> str:
    """Return the sum of a whole file; remove a wrong one, so that the next run does not resume it."""
    faults = _faults(part, size, sha256)
    if faults:
        part.unlink()
        _tag_file(part).unlink(missing_ok=True)
        raise DownloadError(
            f"{url}: what came {' and '.join(faults)}; it was removed. The file may have been replaced: "
            "try again, or compare with the homepage of the data set"
        )
    return _sum(part)


def _faults(path: Path, size: int | None, sha256: str | None) -> list[str]:
    faults = []
    if size is not None and _length(path) != size:
        faults.append(f"has {_length(path)} bytes instead of {size}")
    if sha256 is not None and _sum(path) != sha256.lower():
        faults.append(f"has sha256 {_sum(path)} instead of {sha256}")
    return faults


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_space(folder: Path, size: int | None, part: Path) -> None:
    missing = (size or 0) - _length(part)
    free = shutil.disk_usage(folder).free
    if missing > free:
        raise DownloadError(
            f"{folder} has {free} bytes free, but {missing} are to come: free space or set LOCVIZ_DATA"
        )


@contextmanager
def _writable(folder: Path) -> Iterator[None]:
    try:
        yield
    except (PermissionError, NotADirectoryError, FileExistsError, IsADirectoryError) as error:
        raise DownloadError(
            f"cannot write to {folder} ({error}): choose another folder with LOCVIZ_DATA"
        ) from error
    except OSError as error:
        raise DownloadError(f"writing to {folder} failed ({error})") from error


def _remember(part: Path, tag: str | None) -> None:
    # Only a strong tag promises equal bytes; servers refuse a weak one (W/) in If-Range.
    if tag is None or tag.startswith("W/"):
        _tag_file(part).unlink(missing_ok=True)
    else:
        _tag_file(part).write_text(tag)


def _tag_file(part: Path) -> Path:
    return part.with_name(part.name + ".etag")


def _length(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
