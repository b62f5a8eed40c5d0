import hashlib
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from locviz.data import download as module
from locviz.data.download import DownloadError, download

CONTENT = bytes(range(256)) * 2000
SUM = hashlib.sha256(CONTENT).hexdigest()


class Server(ThreadingHTTPServer):
    """A loopback server whose vices can be chosen."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.content, self.tag = CONTENT, '"one"'
        self.ranges, self.breaks_after, self.breaks, self.status = True, 200_000, 0, 200
        self.requests: list[dict] = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/folder/file.bin?x=1"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self):
        server = self.server
        server.requests.append(dict(self.headers))
        if server.status != 200:
            self.send_error(server.status)
            return
        start, body = self._range(), server.content
        if start and start >= len(body):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(body)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body) - start))
        if server.tag:
            self.send_header("ETag", server.tag)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        self.end_headers()
        if server.breaks:
            server.breaks -= 1
            body = body[: start + server.breaks_after]
        self.wfile.write(body[start:])

    def _range(self) -> int:
        given, condition = self.headers.get("Range"), self.headers.get("If-Range")
        if not given or not self.server.ranges or (condition and condition != self.server.tag):
            return 0
        return int(given.removeprefix("bytes=").removesuffix("-"))

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def _get(server, target, **keywords):
    return download(server.url, target, progress=False, wait=0.0, **keywords)


def _ranges(server):
    return [request.get("Range") for request in server.requests]


def test_a_whole_file(server, tmp_path):
    target = tmp_path / "new" / "file.bin"
    assert _get(server, target, size=len(CONTENT), sha256=SUM.upper()) == SUM
    assert target.read_bytes() == CONTENT
    assert os.listdir(target.parent) == ["file.bin"], "no part, no tag left"


def test_a_broken_connection_is_resumed_where_it_broke(server, tmp_path):
    server.breaks = 2
    _get(server, tmp_path / "f", sha256=SUM)
    assert (tmp_path / "f").read_bytes() == CONTENT
    assert _ranges(server) == [None, "bytes=200000-", "bytes=400000-"]


def test_the_part_of_an_earlier_run_is_resumed(server, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "ATTEMPTS", 1)
    server.breaks = 1
    with pytest.raises(
        DownloadError, match=r"200000 bytes are kept in .*f\.part: run the same command again"
    ):
        _get(server, tmp_path / "f")
    assert not (tmp_path / "f").exists()
    _get(server, tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == CONTENT
    assert _ranges(server) == [None, "bytes=200000-"]


def test_a_file_that_changed_meanwhile_is_not_mixed(server, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "ATTEMPTS", 1)
    server.breaks = 1
    with pytest.raises(DownloadError):
        _get(server, tmp_path / "f")
    server.content, server.tag = CONTENT[::-1], '"two"'
    _get(server, tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == CONTENT[::-1]


def test_without_a_tag_or_a_sum_the_file_is_begun_again(server, tmp_path):
    server.tag, server.breaks = None, 1
    _get(server, tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == CONTENT
    assert _ranges(server) == [None, None]
    server.breaks = 1
    _get(server, tmp_path / "g", sha256=SUM)
    assert _ranges(server)[2:] == [None, "bytes=200000-"], "a known sum makes resuming safe"


def test_a_server_without_ranges(server, tmp_path):
    server.ranges, server.breaks = False, 1
    _get(server, tmp_path / "f", sha256=SUM)
    assert (tmp_path / "f").read_bytes() == CONTENT
    assert len(server.requests) == 2


def test_a_server_that_always_breaks_off_is_given_up(server, tmp_path):
    server.ranges, server.breaks = False, 100
    with pytest.raises(DownloadError, match="broke off 4 times"):
        _get(server, tmp_path / "f")
    assert len(server.requests) <= 5


def test_a_part_that_is_already_whole(server, tmp_path):
    (tmp_path / "f.part").write_bytes(CONTENT)
    assert _get(server, tmp_path / "f", sha256=SUM) == SUM
    assert len(server.requests) == 1


def test_a_part_that_is_too_long(server, tmp_path):
    (tmp_path / "f.part").write_bytes(CONTENT + b"more")
    assert _get(server, tmp_path / "f", sha256=SUM) == SUM
    assert (tmp_path / "f").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ({"sha256": "0" * 64}, "has sha256 .* instead of 000"),
        ({"size": 5}, "has 512000 bytes instead of 5"),
    ],
)
def test_a_wrong_sum_or_size_leaves_nothing(server, tmp_path, expected, message):
    with pytest.raises(DownloadError, match=message):
        _get(server, tmp_path / "f", **expected)
    assert os.listdir(tmp_path) == []


def test_a_file_that_is_there_is_kept_unless_it_is_wrong(server, tmp_path):
    (tmp_path / "f").write_bytes(CONTENT)
    assert _get(server, tmp_path / "f", sha256=SUM) == SUM
    assert _get(server, tmp_path / "f") == SUM
    assert server.requests == []
    (tmp_path / "f").write_bytes(b"something else")
    assert _get(server, tmp_path / "f", sha256=SUM) == SUM
    assert (tmp_path / "f").read_bytes() == CONTENT


@pytest.mark.parametrize("status", [404, 403, 410])
def test_a_refusal_is_not_tried_again(server, tmp_path, status):
    server.status = status
    with pytest.raises(DownloadError, match=f"HTTP {status}.*has the file moved"):
        _get(server, tmp_path / "f")
    assert len(server.requests) == 1


def test_a_server_in_trouble_is_tried_again(server, tmp_path):
    server.status = 503
    with pytest.raises(DownloadError, match="HTTP 503"):
        _get(server, tmp_path / "f")
    assert len(server.requests) == 4


def test_offline(server, tmp_path):
    url = f"http://127.0.0.1:{_closed_port()}/f"
    with pytest.raises(DownloadError, match="seems to be offline, or needs a proxy"):
        download(url, tmp_path / "f", progress=False, wait=0.0)
    with pytest.raises(DownloadError, match=r"cannot reach no-such-host\.invalid"):
        download("http://no-such-host.invalid/f", tmp_path / "f", progress=False, wait=0.0)


def _closed_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_proxies_of_the_environment_are_used(server, tmp_path, monkeypatch):
    """The loopback server plays the proxy: it is asked for a host that does not exist."""
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_port}")
    assert (
        download("http://no-such-host.invalid/f", tmp_path / "f", progress=False, wait=0.0) == SUM
    )
    assert server.requests[0]["Host"] == "no-such-host.invalid"


def test_a_folder_that_cannot_be_written_to(server, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DownloadError, match=r"cannot write to .*LOCVIZ_DATA"):
        _get(server, tmp_path / "file" / "f")


def test_a_full_disk_is_noticed_beforehand(server, tmp_path):
    with pytest.raises(DownloadError, match="bytes free"):
        _get(server, tmp_path / "f", size=1 << 60)
    assert server.requests == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://host/f", "host/f"])
def test_only_http(tmp_path, url):
    with pytest.raises(DownloadError, match="must begin with http"):
        download(url, tmp_path / "f")


def test_the_bar_counts_the_resumed_bytes(server, tmp_path, capfd):
    server.breaks = 1
    download(server.url, tmp_path / "file.bin", progress=True, wait=0.0)
    assert "file.bin" in capfd.readouterr().err
