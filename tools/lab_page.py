"""One notebook open in a JupyterLab page: run its cells, drag in its widgets, read its kernel, look
at it.
"""

import json
import re
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import nbformat
from lab_driver import ARTIFACTS, AXE, JupyterLab
from playwright.sync_api import Browser, Locator, Page, ViewportSize

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_SELECT = "(i) => { const nb = jupyterapp.shell.currentWidget.content; nb.deselectAll(); nb.activeCellIndex = i; }"
_READY = """(path) => {
  const panel = window.jupyterapp?.shell?.currentWidget;
  return panel?.context?.path === path && Boolean(panel.content?.widgets?.length)
    && panel.sessionContext?.session?.kernel?.status === 'idle';
}"""
# The theme's style sheet arrives after its name, and the old one leaves.
_SHOWS_THEME = """(light) => {
  const sheets = [...document.querySelectorAll('link[href*="theme-"]')].filter(one => one.sheet);
  const dark = sheets.filter(one => one.href.includes('theme-dark')).length;
  return document.body.dataset.jpThemeLight === light && sheets.length === 1 && dark === Number(light === 'false');
}"""
_NO_TRANSITION = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() =>
  done(document.getAnimations().every(one => !(one instanceof CSSTransition))))))"""
_CLOSE = """(kept) => {
  for (const one of [...jupyterapp.shell.widgets('main')]) if (one.context?.path !== kept) one.dispose();
}"""


def code_cell(notebook: Path, pattern: str) -> int:
    """Index of the first code cell of a notebook file in which ``pattern`` is found."""
    cells = nbformat.read(notebook, as_version=4).cells
    return next(
        i
        for i, one in enumerate(cells)
        if one.cell_type == "code" and re.search(pattern, one.source)
    )


class LabPage:
    """A page of Chromium that shows one notebook of one server.

    ``errors`` collects uncaught exceptions of the page, ``foreign`` every request that left the
    machine.
    """

    def __init__(self, page: Page, lab: JupyterLab, notebook: str):
        self.page, self.lab, self.notebook = page, lab, notebook
        self.errors: list[str] = []
        self.foreign: list[str] = []
        page.on("pageerror", self._note_error)
        page.on("request", self._note_request)

    def _note_error(self, error):
        self.errors.append(str(error))

    def _note_request(self, request):
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            self.foreign.append(request.url)

    def open(self, *, timeout: float = 60) -> "LabPage":
        """Load the notebook and wait until its kernel is idle."""
        workspace = f"lab/workspaces/{secrets.token_hex(4)}/tree/{self.notebook}"
        address = f"{self.lab.url}/{workspace}?token={self.lab.token}&reset"
        self.page.goto(address, timeout=timeout * 1000)
        self.page.wait_for_function(_READY, arg=self.notebook, timeout=timeout * 1000)
        self.command("application:toggle-left-area")
        self.theme("light")  # the server remembers what an earlier test chose
        return self

    def follow(self, *, timeout: float = 60) -> "LabPage":
        """Open the notebook where the page has shown another one before, and wait until its kernel
        is idle.
        """
        self.page.mouse.move(0, 0)
        self.command("docmanager:open", path=self.notebook)
        self.page.wait_for_function(_READY, arg=self.notebook, timeout=timeout * 1000)
        self.page.evaluate(_CLOSE, self.notebook)  # the launcher, which fills an empty page
        if not self.page.evaluate(_SHOWS_THEME, "true"):
            self.theme("light")
        return self

    def leave(self):
        """Close the notebook and end its kernel; the page stays for the next one."""
        self.page.remove_listener("pageerror", self._note_error)
        self.page.remove_listener("request", self._note_request)
        self.page.evaluate(_CLOSE)
        self.lab.shut_down(self.notebook)

    def command(self, name: str, **arguments):
        """Run one of JupyterLab's own commands and wait for it."""
        self.page.evaluate(
            "([name, args]) => jupyterapp.commands.execute(name, args).then(() => null)",
            [name, arguments],
        )

    def run_all(self, *, timeout: float = 180):
        """Run every cell and wait for the last.

        Raises:
            AssertionError: a cell ended with an error; its text is the message.
        """
        self._run("notebook:run-all-cells", timeout)

    def run_cell(self, index: int, *, timeout: float = 180, wait: bool = True):
        """Run one cell (counted from 0); ``wait=False`` returns while it runs."""
        self.page.evaluate(_SELECT, index)
        if wait:
            self._run("notebook:run-cell", timeout)
        else:
            self.page.evaluate("() => { jupyterapp.commands.execute('notebook:run-cell'); }")

    def _run(self, command: str, timeout: float):
        self.page.evaluate(
            "(name) => { window.locvizRun = 'running'; jupyterapp.commands.execute(name)"
            ".then(() => { window.locvizRun = 'done'; }, (e) => { window.locvizRun = String(e); }); }",
            command,
        )
        self.page.wait_for_function("() => window.locvizRun !== 'running'", timeout=timeout * 1000)
        failed = self.page.locator(
            '[data-mime-type="application/vnd.jupyter.error"], [data-mime-type="application/vnd.jupyter.stderr"]'
        )
        texts = [
            text for text in failed.all_inner_texts() if "Traceback" in text or "Error" in text
        ]
        assert not texts, "\n".join(texts)

    def widget(self, selector: str, *, timeout: float = 20) -> Locator:
        """The first widget root that matches, once it is visible and scrolled into view."""
        root = self.page.locator(selector).first
        root.wait_for(state="visible", timeout=timeout * 1000)
        root.scroll_into_view_if_needed()
        return root

    def center(self, target: Locator) -> tuple[float, float]:
        """The middle of an element in page pixels."""
        box = target.bounding_box()
        assert box is not None, f"{target} is not visible"
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag(self, target: Locator, dx: float, dy: float, *, steps: int = 10, hold: bool = False):
        """Drag an element's centre with the mouse; ``hold`` leaves the button pressed."""
        x, y = self.center(target)
        mouse = self.page.mouse
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + dx, y + dy, steps=steps)
        if not hold:
            mouse.up()

    def touch_drag(self, target: Locator, dx: float, dy: float, *, steps: int = 10):
        """Drag an element's centre with one finger."""
        x, y = self.center(target)
        session = self.page.context.new_cdp_session(self.page)
        session.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 1})

        def touch(kind: str, points: list[dict]):
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        touch("touchStart", [{"x": x, "y": y}])
        for i in range(1, steps + 1):
            touch("touchMove", [{"x": x + dx * i / steps, "y": y + dy * i / steps}])
        touch("touchEnd", [])
        session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
        session.detach()

    def key_drag(self, target: Locator, *keys: str):
        """Focus an element and press keys, such as ``"ArrowRight", "Shift+ArrowDown"``."""
        target.focus()
        for key in keys:
            self.page.keyboard.press(key)

    def theme(self, name: str):
        """Switch JupyterLab to ``light`` or ``dark`` and wait until the page shows it."""
        self.command("apputils:change-theme", theme=THEMES[name])
        light = "true" if name == "light" else "false"
        self.page.wait_for_function(_SHOWS_THEME, arg=light)
        self.page.wait_for_function(_NO_TRANSITION)

    def python(self, expression: str, **options):
        """Value of a Python expression in this notebook's kernel."""
        return self.lab.python(self.notebook, expression, **options)

    def wait_python(self, condition: str, *, timeout: float = 10):
        """Wait until a Python expression in the kernel is true; its value."""
        deadline = time.monotonic() + timeout
        while not (value := self.python(condition)):
            assert time.monotonic() < deadline, f"still not true after {timeout} s: {condition}"
            self.page.wait_for_timeout(50)
        return value

    def eventually(self, condition: Callable[[], object], *, timeout: float = 10):
        """Wait until a condition on the page is true, such as what it shows once the kernel's
        message is there.
        """
        deadline = time.monotonic() + timeout
        while not (value := condition()):
            assert time.monotonic() < deadline, f"still not true after {timeout} s"
            self.page.wait_for_timeout(50)
        return value

    def settled(self, expression: str, *, quiet: float = 0.4, timeout: float = 10):
        """Value of a Python expression in the kernel once it has stayed the same for ``quiet``
        seconds.
        """
        deadline = time.monotonic() + timeout
        value, since = self.python(expression), time.monotonic()
        while time.monotonic() - since < quiet:
            assert time.monotonic() < deadline, f"still changing after {timeout} s: {expression}"
            self.page.wait_for_timeout(50)
            if (latest := self.python(expression)) != value:
                value, since = latest, time.monotonic()
        return value

    def screenshot(self, name: str, target: Locator | None = None) -> Path:
        """Save a picture of an element (or of the page) as ``artifacts/<name>.png``."""
        ARTIFACTS.mkdir(exist_ok=True)
        path = ARTIFACTS / f"{name}.png"
        (target or self.page).screenshot(path=str(path))
        return path

    def axe(self, selector: str) -> list[str]:
        """Violations of WCAG 2.2 AA inside the elements that match, one line each."""
        # JupyterLab's body clips and has no height of its own: axe would take all text for hidden
        # and skip contrast.
        style = self.page.add_style_tag(content="body { min-height: 100vh; }")
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.add_script_tag(path=str(AXE))
        options = json.dumps({"runOnly": {"type": "tag", "values": WCAG}})
        answer = self.page.evaluate(f"(selector) => axe.run(selector, {options})", selector)
        style.evaluate("style => style.remove()")
        assert answer["passes"] or answer["violations"], f"axe found nothing to check in {selector}"
        return [
            f"{rule['id']}: {rule['help']} ({node['html'][:160]}; {node['failureSummary']})"
            for rule in answer["violations"]
            for node in rule["nodes"]
        ]


class Desk:
    """Opens notebooks one after the other in one page: to load JupyterLab costs ten times what it
    costs to open a notebook.
    """

    def __init__(self, lab: JupyterLab, browser: Browser):
        self.lab, self.browser = lab, browser
        self.free: Page | None = None

    def open(
        self,
        notebook: Path | list[str],
        *,
        width: int = 1280,
        height: int = 900,
        reduced_motion: Literal["reduce", "no-preference"] = "no-preference",
    ) -> LabPage:
        """A page with this notebook and an idle kernel: another one while the first is in use."""
        viewport = ViewportSize(width=width, height=height)
        page, self.free = self.free, None
        fresh = page is None
        page = page or self.browser.new_context(viewport=viewport).new_page()
        page.set_viewport_size(viewport)
        page.emulate_media(reduced_motion=reduced_motion)
        opened = LabPage(page, self.lab, self.lab.add(notebook))
        return opened.open() if fresh else opened.follow()

    def clear(self, opened: LabPage, *, keep: bool):
        """Close the notebook; ``keep`` the page for the next one."""
        opened.leave()
        if keep and self.free is None:
            self.free = opened.page
        else:
            opened.page.context.close()
