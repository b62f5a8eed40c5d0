"""Kernel round trip in a real browser, with and without the Jupyter Server extension, in one run.

    python benchmarks/kernel_round_trip.py

Two JupyterLabs run side by side. Chromium sends a comm message to the kernel, as a dragged widget
does, and waits for the echo; rounds alternate between the two servers so that both meet the same
noise. Exit status 1 where the extension does not at least halve the median.
"""

import argparse
import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

from lab_driver import CHROMIUM_FLAGS, JupyterLab, chromium_path
from lab_page import LabPage
from playwright.sync_api import sync_playwright

CELL = """
def echo(comm, opened):
    comm.on_msg(lambda message: comm.send(message["content"]["data"]))
get_ipython().kernel.comm_manager.register_target("locviz_echo", echo)
"""
ROUND_TRIPS = """async (count) => {
  const comm = jupyterapp.shell.currentWidget.sessionContext.session.kernel.createComm("locviz_echo");
  let answer;
  comm.onMsg = () => answer();
  await comm.open({}).done;
  const times = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    const echoed = new Promise((resolve) => { answer = resolve; });
    comm.send({ boxes: [[i, i, i + 1, i + 1], [0, 0, 1, 1]], seq: i });
    await Promise.race([echoed, new Promise((_, fail) => setTimeout(() => fail(new Error("no echo in 10 s")), 10000))]);
    times.push(performance.now() - start);
  }
  comm.close({});
  return times.slice(5);  // the first ones open the channel
}"""
WITHOUT = ("--ServerApp.jpserver_extensions=locviz.server=False",)


def measure(rounds: int, count: int) -> dict[str, list[float]]:
    """Round-trip times in milliseconds by server."""
    times: dict[str, list[float]] = {"without": [], "with": []}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_FLAGS)
        pages = {}
        for name, options in (("without", WITHOUT), ("with", ())):
            lab = stack.enter_context(JupyterLab(folder / name, server_options=options))
            pages[name] = LabPage(browser.new_page(), lab, lab.add([CELL])).open()
            pages[name].run_all()
        for i in range(rounds):
            for name in ("without", "with") if i % 2 == 0 else ("with", "without"):
                times[name] += pages[name].page.evaluate(ROUND_TRIPS, count)
        browser.close()
    return times


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--rounds", type=int, default=6, help="alternations between the two servers"
    )
    parser.add_argument("--count", type=int, default=60, help="round trips in one round")
    arguments = parser.parse_args()
    times = measure(arguments.rounds, arguments.count)
    medians = {name: statistics.median(values) for name, values in times.items()}
    for name, values in times.items():
        p95 = statistics.quantiles(values, n=20)[-1]
        print(
            f"{name:>8} extension: median {medians[name]:5.1f} ms, p95 {p95:5.1f} ms ({len(values)} round trips)"
        )
    ratio = medians["with"] / medians["without"]
    print(f"   ratio {ratio:.2f} (bar: <= 0.50)")
    return 0 if ratio <= 0.5 else 1


if __name__ == "__main__":
    sys.exit(main())
