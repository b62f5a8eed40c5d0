"""How fast kernel-driven widgets follow a drag, and what watching costs a training run, in a real
JupyterLab.

    python benchmarks/widget_rates.py

Each widget is dragged for ten seconds at 60 Hz (APLab's working point, AnchorLab's target over
2,307 and over 76,740 anchors, RoILab's region, FocalLab's point and gamma, a box of NMSLab,
QueryLab's reference point): how often a second the kernel's numbers reached the view, and how long
after the last pointer event the last ones did (a backlog would show there). Then ``fcos_tiny``
trains in the notebook with and without Monitor, in turns: process CPU-seconds, evaluations apart.
Exit status 1 where a widget gets fewer than 15 updates a second or its last one later than 500 ms,
or where Monitor costs more than 5 %.
"""

import argparse
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

from lab_driver import CHROMIUM_FLAGS, JupyterLab, chromium_path
from lab_page import LabPage
from playwright.sync_api import sync_playwright

APLAB = """
import torch, locviz
from locviz.types import Detections
from locviz.widgets import APLab
torch.set_num_threads(1)
data = locviz.data.Shapes(level="crowded", split="test", num_scenes=100)
scenes = [data[i] for i in range(100)]
random = torch.Generator().manual_seed(0)
found = [Detections(boxes=t.boxes + torch.rand(len(t), 4, generator=random).sort().values, labels=t.labels,
                    scores=torch.rand(len(t), generator=random)) for _, t in scenes]
lab = APLab(detections=found, targets=[t for _, t in scenes], images=[i for i, _ in scenes],
            class_names=data.class_names, label=None, score_threshold=0.9)
lab
"""
# A photograph of 640 by 480 and a set of the size of BCCD's: 364 images, 4,888 boxes.
ANCHORLAB = """
import torch
from locviz.widgets import AnchorLab
torch.set_num_threads(1)
random = torch.Generator().manual_seed(0)
def some(num):
    corner = torch.rand(num, 2, generator=random) * torch.tensor([520.0, 360.0])
    return torch.cat([corner, corner + 30 + 80 * torch.rand(num, 2, generator=random)], 1)
lab = AnchorLab(MORE)
lab
"""
BCCD_LIKE = "boxes=[some(14 if i < 156 else 13) for i in range(364)], size=(480, 640)"
ROILAB = """
import torch
from locviz.widgets import RoILab
torch.set_num_threads(1)
lab = RoILab(output_size=7)
lab
"""
FOCALLAB = """
import torch
from locviz.widgets import FocalLab
torch.set_num_threads(1)
lab = FocalLab()
lab
"""
NMSLAB = """
import torch
from locviz.widgets import NMSLab
torch.set_num_threads(1)
lab = NMSLab()
lab
"""
QUERYLAB = """
import torch
from locviz.data import Shapes
from locviz.models import deformable_detr_tiny
from locviz.widgets import QueryLab
torch.set_num_threads(1)
data = Shapes(level="first", split="test", num_scenes=1)
lab = QueryLab.of(deformable_detr_tiny(3), *data[0], class_names=data.class_names)
lab
"""
TRAIN = """
import time
import torch
from locviz.widgets import Monitor
torch.set_num_threads(1)
from locviz.data import Batches, Shapes
from locviz.models import fcos_tiny
from locviz.train import Recipe, train
batches = Batches(Shapes(level="first"), batch_size=8, seed=0)
def cpu_seconds(watch, steps=STEPS):
    run = train(fcos_tiny(num_classes=3), batches, Recipe(steps=steps))
    run = watch(run) if watch else run
    next(run)
    began = time.process_time()
    for _ in run: pass
    return time.process_time() - began
monitor = Monitor()
monitor
"""
COUNT = """([root, numbers]) => {
  window.locvizArrivals = [];
  window.locvizMoved = 0;
  document.addEventListener("pointermove", (event) => { window.locvizMoved = event.timeStamp; }, true);
  const element = document.querySelector(`${root} ${numbers}`);
  const all = { childList: true, characterData: true, subtree: true };
  new MutationObserver(() => window.locvizArrivals.push(performance.now())).observe(element, all);
}"""


@dataclass(frozen=True)
class Case:
    """A widget to drag: its cell, its root, what is gripped, and the numbers that every answer
    draws anew.
    """

    name: str
    cell: str
    root: str
    grip: str
    numbers: str
    way: tuple[float, float]


CASES = (
    Case("APLab", APLAB, ".locviz-aplab", ".lv-point", ".lv-numbers", (200, 30)),
    Case("AnchorLab", ANCHORLAB.replace("MORE", ""), ".locviz-anchorlab", '[data-part="body"]', ".lv-counts", (90, 60)),
    Case("AnchorLab at 640 x 480", ANCHORLAB.replace("MORE", BCCD_LIKE), ".locviz-anchorlab", '[data-part="body"]',
         ".lv-counts", (90, 60)),
    Case("RoILab", ROILAB, ".locviz-roilab", '.lv-map-pool [data-part="body"]', ".lv-panel-pool .lv-says", (60, 40)),
    Case("FocalLab", FOCALLAB, ".locviz-focallab", '[aria-label$="on the loss chart"]', ".lv-numbers tbody", (-120, 0)),
    Case("FocalLab's gamma", FOCALLAB, ".locviz-focallab", ".lv-controls > :first-child input", ".lv-bars", (-190, 0)),
    Case("NMSLab", NMSLAB, ".locviz-nmslab", '.lv-panel-0 .lv-candidate-grip[data-row="12"]',
         ".lv-panel-0 .lv-verdict", (40, 30)),
    Case("QueryLab", QUERYLAB, ".locviz-querylab", ".lv-reference", ".lv-looks", (60, 40)),
)  # fmt: skip


def drag(page: LabPage, case: Case, seconds: float) -> tuple[float, float]:
    """Updates per second while dragging, and milliseconds from the last move to the last update."""
    root = page.widget(case.root)
    page.page.evaluate(COUNT, [case.root, case.numbers])
    x, y = page.center(root.locator(case.grip))
    mouse = page.page.mouse
    mouse.move(x, y)
    mouse.down()
    began = time.perf_counter()
    while (elapsed := time.perf_counter() - began) < seconds:
        way = abs((elapsed / 2) % 2 - 1)  # to the far end and back, twice in four seconds
        mouse.move(x + case.way[0] * (1 - way), y + case.way[1] * (1 - way))
        time.sleep(max(0.0, 1 / 60 - (time.perf_counter() - began - elapsed)))
    last_move = page.page.evaluate("() => window.locvizMoved")
    mouse.up()
    page.page.wait_for_timeout(2000)
    arrivals = page.page.evaluate("() => window.locvizArrivals")
    during = [time_ for time_ in arrivals if time_ <= last_move]
    return len(during) / seconds, max(0.0, max(arrivals) - last_move)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--only", default="", help="only the widgets whose name begins so, and no Monitor"
    )
    parser.add_argument("--seconds", type=float, default=10.0, help="length of the drag")
    parser.add_argument("--steps", type=int, default=150, help="training steps of one turn")
    parser.add_argument("--turns", type=int, default=3, help="turns with and without Monitor")
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        JupyterLab(Path(folder)) as lab,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_FLAGS)
        follows = True
        for case in (case for case in CASES if case.name.startswith(arguments.only)):
            page = LabPage(browser.new_page(), lab, lab.add([case.cell])).open()
            page.run_all()
            rate, late = drag(page, case, arguments.seconds)
            print(f"{case.name}: {rate:.0f} updates a second while dragging (bar: >= 15), the last {late:.0f} ms after "
                  "the last move")  # fmt: skip
            follows &= rate >= 15 and late <= 500
            lab.shut_down(page.notebook)
            page.page.close()
        if arguments.only:
            return 0 if follows else 1
        page = LabPage(
            browser.new_page(), lab, lab.add([TRAIN.replace("STEPS", str(arguments.steps))])
        ).open()
        page.run_all()
        turns = {"None": [], "monitor.watch": []}
        for i in range(arguments.turns):
            for watch in list(turns) if i % 2 == 0 else reversed(turns):
                turns[watch].append(page.python(f"cpu_seconds({watch})", timeout=300))
        browser.close()
    plain, watched = (statistics.median(values) for values in turns.values())
    print(
        f"Monitor: {watched:.2f} CPU-seconds against {plain:.2f} for {arguments.steps} steps, "
        f"{100 * (watched / plain - 1):+.1f} % (bar: <= 5 %)"
    )
    return 0 if follows and watched <= 1.05 * plain else 1


if __name__ == "__main__":
    sys.exit(main())
