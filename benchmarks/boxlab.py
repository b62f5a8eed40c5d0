"""How fast BoxLab follows the pointer in a real JupyterLab, beside a plain dragged element in the
same run.

    python benchmarks/boxlab.py [--seconds 10] [--runs 3]

Per run: ten seconds of dragging at 60 Hz. Latency is from the last coalesced pointer event's time
stamp to the end of the animation frame that drew it. Then: how long after the last move torch
confirms the numbers on screen, and whether any message is still under way. Prints the median of the
runs; needs Chromium.
"""

import argparse
import math
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from lab_driver import CHROMIUM_FLAGS, JupyterLab, chromium_path
from lab_page import LabPage

BODY = ".locviz-boxlab .lv-handles.lv-prediction [data-part='body']"
CELLS = [
    "from locviz.widgets import BoxLab\nlab = BoxLab()\nlab",
    'from IPython.display import HTML\nHTML(\'<div style="height:170px"><div id=plain style="width:90px;height:70px;'
    "background:#0063a6;touch-action:none\"></div></div>')",
]
# What a hand-written drag does, and nothing else.
PLAIN = """() => {
  const box = document.getElementById('plain');
  let start = null, at = [0, 0], frame = 0;
  const draw = () => { frame = 0; box.style.transform = `translate(${at[0]}px, ${at[1]}px)`; };
  box.addEventListener('pointerdown', e => {
    e.preventDefault();
    start = [e.clientX - at[0], e.clientY - at[1]]; box.setPointerCapture(e.pointerId); });
  box.addEventListener('pointermove', e => {
    if (!start) return;
    at = [e.clientX - start[0], e.clientY - start[1]];
    frame ||= requestAnimationFrame(draw); });
  box.addEventListener('pointerup', () => { start = null; at = [0, 0]; draw(); });
}"""
# A message posted from the frame's own callback arrives when the frame has been drawn. A frame
# counts if the picture changed in it.
MEASURE = """(selector) => {
  const watched = document.querySelector(selector);
  const place = () => watched.getAttribute('x') ?? watched.style.transform;
  const run = window.locvizRun = { latencies: [], moves: 0, events: 0, idle: 0, lastMove: 0, confirmed: 0 };
  const channel = new MessageChannel();
  let pending = false, stamp = 0, before = place();
  channel.port1.onmessage = () => {
    const now = performance.now();
    pending = false;
    if (place() === before) run.idle += 1; else run.latencies.push(now - stamp);
    before = place();
  };
  run.listener = event => {
    const events = event.getCoalescedEvents?.() ?? [];
    stamp = (events.at(-1) ?? event).timeStamp;
    run.moves += 1; run.events += Math.max(events.length, 1); run.lastMove = performance.now(); run.confirmed = 0;
    if (!pending) { pending = true; requestAnimationFrame(() => channel.port2.postMessage(0)); }
  };
  window.addEventListener('pointermove', run.listener, true);
  const torch = document.querySelector('.lv-torch');
  run.observer = new MutationObserver(() => {
    if (torch.dataset.state === 'agrees' && !run.confirmed) run.confirmed = performance.now();
    if (torch.dataset.state === 'disagrees') run.disagreed = true;
  });
  run.observer.observe(torch, { attributes: true });
}"""
STOP = """() => {
  const run = window.locvizRun;
  window.removeEventListener('pointermove', run.listener, true);
  run.observer.disconnect();
  return { ...run, listener: null, observer: null };
}"""


def drag(page: LabPage, handle, seconds: float, hertz: int = 60):
    """Drag along a curve that keeps the box inside its picture, one move per tick."""
    x, y = page.center(handle)
    mouse = page.page.mouse
    mouse.move(x, y)
    mouse.down()
    start = time.perf_counter()
    for tick in range(1, round(seconds * hertz) + 1):
        turn = tick / hertz * 2 * math.pi / 2.3
        mouse.move(x + 45 * math.sin(turn), y + 30 * math.sin(2 * turn))
        time.sleep(max(0.0, start + tick / hertz - time.perf_counter()))
    mouse.up()
    return time.perf_counter() - start


def measured(page: LabPage, handle: str, watched: str, seconds: float) -> dict:
    """Drag while the page measures itself."""
    locator = page.page.locator(handle)
    locator.scroll_into_view_if_needed()
    page.page.wait_for_timeout(300)
    page.page.evaluate(MEASURE, watched)
    took = drag(page, locator, seconds)
    page.page.wait_for_timeout(1000)
    run = page.page.evaluate(STOP)
    ordered = sorted(run["latencies"])
    return {
        "median": statistics.median(ordered),
        "p95": ordered[math.ceil(0.95 * len(ordered)) - 1],
        "frames": len(ordered) / took,
        "moves": run["moves"] / took,
        "torch": run["confirmed"] - run["lastMove"] if run["confirmed"] else math.inf,
        "disagreed": run.get("disagreed", False),
    }


def queue_left(page: LabPage) -> bool:
    """Whether the kernel still has something to answer, or answers something old."""
    before = page.python("[lab.seq, lab.result['seq'], len(lab.history)]")
    page.page.wait_for_timeout(500)
    return (
        page.python("[lab.seq, lab.result['seq'], len(lab.history)]") != before
        or before[0] != before[1]
    )


def one_run(page: LabPage, seconds: float) -> dict:
    page.run_cell(0)
    page.widget(".locviz-boxlab")
    page.page.locator(".lv-torch[data-state=agrees]").wait_for()
    box = measured(page, BODY, "rect.lv-box.lv-prediction", seconds)
    box["queue"] = queue_left(page)
    plain = measured(page, "#plain", "#plain", seconds)
    return {"box": box, "plain": plain}


def main():
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--seconds", type=float, default=10.0)
    options.add_argument("--runs", type=int, default=3)
    arguments = options.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        JupyterLab(Path(folder)) as lab,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_FLAGS)
        context = browser.new_context(viewport={"width": 1300, "height": 1100})
        page = LabPage(context.new_page(), lab, lab.add(CELLS)).open()
        page.run_cell(1)
        page.page.evaluate(PLAIN)
        runs = [one_run(page, arguments.seconds) for _ in range(arguments.runs)]
    report(runs)


def report(runs: list[dict]):
    def middle(what: str, key: str) -> float:
        return statistics.median(run[what][key] for run in runs)

    print(f"{len(runs)} runs, medians; pointer event to end of the frame that drew it")
    for what, name in (("box", "BoxLab"), ("plain", "plain element")):
        latency = f"median {middle(what, 'median'):5.1f} ms, 95th percentile {middle(what, 'p95'):5.1f} ms"
        print(
            f"  {name:14s} {latency}, {middle(what, 'frames'):.0f} frames/s of {middle(what, 'moves'):.0f} moves/s"
        )
    print(f"  torch confirmed {middle('box', 'torch'):.0f} ms after the last move")
    print(
        f"  messages left in a queue: {'YES' if any(run['box']['queue'] for run in runs) else 'none'}"
    )
    print(
        f"  torch disagreed: {'YES' if any(run['box']['disagreed'] for run in runs) else 'never'}"
    )


if __name__ == "__main__":
    main()
