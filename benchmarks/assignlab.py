"""How fast AssignLab follows a drag under every assigner, in a real JupyterLab: 1,029 priors, 10
objects.

    python benchmarks/assignlab.py [--seconds 10] [--only ota,atss] [--two]

An object is dragged for ten seconds at 60 Hz under each assigner: how often a second the kernel's
answer reached the view, and how long after the last pointer event the last one did (a backlog would
show there). ``--two`` drags with OTA beside each. Exit status 1 where one gets fewer than 15
updates a second, or its last one later than 500 ms.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

from lab_driver import CHROMIUM_FLAGS, JupyterLab, chromium_path
from lab_page import LabPage
from playwright.sync_api import sync_playwright

SETUP = """
import torch
from locviz.types import Targets
from locviz.widgets import AssignLab
torch.set_num_threads(1)
random = torch.Generator().manual_seed(0)
low = torch.rand(10, 2, generator=random) * 80
size = 8 + torch.rand(10, 2, generator=random) * 32
truth = Targets(boxes=torch.cat([low, (low + size).clamp(max=112)], 1), size=(112, 112),
                labels=torch.randint(0, 6, (10,), generator=random))
photo = torch.rand(3, 112, 112, generator=random)
lab = AssignLab(targets=truth, images=photo, training_step=2, second=SECOND)
lab
"""
COUNT = """() => {
  window.locvizArrivals = [];
  window.locvizMoved = 0;
  window.locvizObserver?.disconnect();
  document.addEventListener("pointermove", (event) => { window.locvizMoved = event.timeStamp; }, true);
  const totals = document.querySelector(".locviz-assignlab .lv-totals");
  window.locvizObserver = new MutationObserver(() => window.locvizArrivals.push(performance.now()));
  window.locvizObserver.observe(totals, { childList: true });
}"""


def drag(page: LabPage, seconds: float) -> tuple[float, float]:
    """Updates per second while dragging, and milliseconds from the last move to the last update of
    the drag.
    """
    root = page.widget(".locviz-assignlab")
    grip = root.locator(".lv-scene").first.locator(".lv-grip-body").last
    x, y = page.center(grip)
    mouse = page.page.mouse
    mouse.move(x, y)
    mouse.down()
    page.page.wait_for_timeout(500)
    page.page.evaluate(COUNT)
    began = time.perf_counter()
    while (elapsed := time.perf_counter() - began) < seconds:
        way = abs((elapsed / 2) % 2 - 1)
        mouse.move(x - 120 * (1 - way), y + 60 * (1 - way))
        time.sleep(max(0.0, 1 / 60 - (time.perf_counter() - began - elapsed)))
    page.page.wait_for_timeout(
        2000
    )  # the button is still down: what arrives now answers the last moves
    arrivals, last_move = page.page.evaluate("() => [window.locvizArrivals, window.locvizMoved]")
    mouse.up()
    page.page.wait_for_timeout(500)
    during = [moment for moment in arrivals if moment <= last_move]
    return len(during) / seconds, max(0.0, max(arrivals, default=float("inf")) - last_move)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=10.0, help="length of each drag")
    parser.add_argument("--only", default="", help="some assigners, by name")
    parser.add_argument("--two", action="store_true", help="OTA beside each")
    arguments = parser.parse_args()
    missed = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        JupyterLab(Path(folder)) as lab,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 1300})
        cells = [SETUP.replace("SECOND", '"ota"' if arguments.two else "None")]
        page = LabPage(context.new_page(), lab, lab.add(cells)).open(timeout=120)
        page.run_all()
        priors, objects = page.python("[len(lab.priors), len(lab.boxes)]")
        print(
            f"{priors:,} priors, {objects} objects; bars: >= 15 updates a second, the last within 500 ms"
        )
        names = arguments.only.split(",") if arguments.only else page.python("list(lab.rules)")
        for name in names:
            page.python("1", setup=f"lab.reset(); lab.assigner = {name!r}")
            page.page.wait_for_timeout(500)
            rate, late = drag(page, arguments.seconds)
            missed += rate < 15 or late > 500
            print(
                f"{name:16s} {rate:5.0f} updates a second, the last {late:4.0f} ms after the last move",
                flush=True,
            )
        browser.close()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
