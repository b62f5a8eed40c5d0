"""Drives a real JupyterLab in a real Chromium: what the browser tests and the latency benchmarks
stand on.

The server listens on loopback with a token, keeps its configuration, data and runtime files in a
folder of its own, and is stopped with everything it started. Chromium resolves loopback names only,
so nothing can reach the network unseen.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path

import nbformat
from jupyter_client.blocking.client import BlockingKernelClient
from warm_kernels import WarmKernels

REPOSITORY = Path(__file__).resolve().parents[1]
ARTIFACTS = REPOSITORY / "artifacts"
AXE = REPOSITORY / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM_FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip
# What a learner would click away on the first visit, and the one rendering mode in which every cell
# stays in the page.
LAB_SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
}
# It lies over the whole page for half a second when the theme changes.
NO_SPLASH = {"disabledExtensions": {"@jupyterlab/apputils-extension:splash": True}}


def chromium_path() -> str | None:
    """Where Chromium is: ``LOCVIZ_CHROMIUM``, else the first of the usual names on the path, else
    None.
    """
    named = os.environ.get("LOCVIZ_CHROMIUM")
    if named:
        return named if Path(named).is_file() else None
    return next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )


def missing() -> list[str]:
    """What the browser tests need and this machine lacks, each with the way to get it."""
    problems = []
    if chromium_path() is None:
        problems.append(
            "Chromium: `apt-get install chromium` (Debian), or set LOCVIZ_CHROMIUM to a Chromium or Chrome program"
        )
    if shutil.which("node") is None or shutil.which("npm") is None:
        problems.append("Node 20 with npm: `apt-get install nodejs npm` (Debian 13), or nodejs.org")
    if not AXE.is_file():
        problems.append("axe-core: `npm ci` in the repository's root")
    return problems


class JupyterLab:
    """A JupyterLab on a free loopback port, in a folder of its own; a context manager.

    Args:
        folder: an empty folder for its notebooks (``folder/root``), configuration, data and runtime
            files.
        server_options: further command-line options such as
            ``--ServerApp.kernel_websocket_connection_class=...``.
        settings: JupyterLab's settings, plugin by plugin.
        kernels: forks instead of kernels that import for themselves.

    Raises:
        RuntimeError: the server did not answer in time; the message ends with its log.
    """

    def __init__(
        self,
        folder: Path,
        *,
        server_options: tuple[str, ...] = (),
        environment: dict[str, str] | None = None,
        settings: Mapping[str, dict] = LAB_SETTINGS,
        kernels: WarmKernels | None = None,
    ):
        self.folder = Path(folder)
        self.root = self.folder / "root"
        self.runtime = self.folder / "runtime"
        self.log = self.folder / "server.log"
        self.token = secrets.token_hex(16)
        self.server_options = server_options
        self.environment = environment or {}
        self.settings = settings
        self.kernels = kernels
        self.process: subprocess.Popen | None = None

    def __enter__(self) -> "JupyterLab":
        for name in ("root", "runtime", "config", "data", "ipython", "home"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self._write_settings()
        if self.kernels:
            self.kernels.install(self.folder / "kernels")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                self._command(),
                cwd=self.root,
                stdout=log,
                stderr=log,
                env=self._environment(),
                start_new_session=True,
            )
        self._wait(90)
        return self

    def __exit__(self, *_):
        for session in self._sessions():
            self.request(f"api/sessions/{session['id']}", method="DELETE")
        process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)

    def _command(self) -> list[str]:
        return [
            sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1",
            f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={self.root}",
            f"--IdentityProvider.token={self.token}", f"--LabApp.user_settings_dir={self.folder / 'settings'}",
            f"--LabApp.workspaces_dir={self.folder / 'workspaces'}", "--LabApp.expose_app_in_browser=True",
            "--LabApp.news_url=", *self.server_options,
        ]  # fmt: skip

    def _environment(self) -> dict[str, str]:
        cache = os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))
        return os.environ | {
            "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
            "JUPYTER_DATA_DIR": str(self.folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.runtime),
            "IPYTHONDIR": str(self.folder / "ipython"),
            "HOME": str(self.folder / "home"),
            "XDG_CACHE_HOME": cache,  # matplotlib's font list takes seconds to rebuild
            "OMP_NUM_THREADS": "1",
            "LOCVIZ_DEVICE": "cpu",
            "JUPYTER_PATH": str(self.folder / "kernels"),  # before what the environment brings
        } | self.environment  # fmt: skip

    def _write_settings(self):
        for name, settings in self.settings.items():
            path = self.folder / "settings" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(settings))
        path = self.folder / "config" / "labconfig" / "page_config.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(NO_SPLASH))

    def _wait(self, seconds: float):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process and self.process.poll() is None:
            try:
                self.request("api/status")
                return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        if self.process:
            self.process.kill()
        raise RuntimeError(
            f"JupyterLab did not start in {seconds} s:\n{self.log.read_text()[-3000:]}"
        )

    def request(self, path: str, *, method: str = "GET", body: dict | None = None):
        """Call the server's REST interface; the decoded answer, None for an empty one."""
        request = urllib.request.Request(
            f"{self.url}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def _sessions(self) -> list[dict]:
        try:
            return self.request("api/sessions")
        except (urllib.error.URLError, ConnectionError):
            return []

    def add(self, notebook: Path | list[str], name: str | None = None) -> str:
        """Put a notebook (a file to copy, or the sources of its cells) into the root; its path
        there.
        """
        if isinstance(notebook, list):
            name = name or f"{secrets.token_hex(4)}.ipynb"
            cells = [nbformat.v4.new_code_cell(source) for source in notebook]
            metadata = {
                "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
            }
            nbformat.write(
                nbformat.v4.new_notebook(cells=cells, metadata=metadata), self.root / name
            )
            return name
        name = name or notebook.name
        shutil.copyfile(notebook, self.root / name)
        return name

    def kernel_id(self, notebook: str) -> str:
        """The kernel that runs this notebook.

        Raises:
            LookupError: the notebook has no kernel.
        """
        for session in self._sessions():
            if session["path"] == notebook:
                return session["kernel"]["id"]
        raise LookupError(f"{notebook} has no kernel: open it first")

    def shut_down(self, notebook: str):
        """End the notebook's kernel, if it has one."""
        for session in self._sessions():
            if session["path"] == notebook:
                self.request(f"api/sessions/{session['id']}", method="DELETE")

    @contextmanager
    def client(self, notebook: str):
        """A second front end on the notebook's kernel."""
        client = BlockingKernelClient(
            connection_file=str(self.runtime / f"kernel-{self.kernel_id(notebook)}.json")
        )
        client.load_connection_file()
        client.allow_stdin = False
        # No heartbeat: its thread opens a socket of its own, and where that comes after the end of
        # a short call, it fails with "too many open files" on a context that is already closed.
        client.start_channels(stdin=False, hb=False, control=False)
        try:
            yield client
        finally:
            client.stop_channels()

    def python(self, notebook: str, expression: str, *, setup: str = "", timeout: float = 30):
        """Value of a Python expression in the notebook's kernel (anything JSON can hold), after
        running ``setup``.

        Raises:
            RuntimeError: the code raised; the message is the kernel's.
        """
        wrapped = f"__import__('json').dumps({expression})"
        with self.client(notebook) as client:
            reply = client.execute_interactive(
                setup,
                user_expressions={"value": wrapped},
                store_history=False,
                timeout=timeout,
                output_hook=lambda _: None,
            )["content"]
        failed = reply if reply["status"] != "ok" else reply["user_expressions"]["value"]
        if failed["status"] != "ok":
            raise RuntimeError(f"{failed['ename']}: {failed['evalue']}")
        return json.loads(eval(reply["user_expressions"]["value"]["data"]["text/plain"]))
