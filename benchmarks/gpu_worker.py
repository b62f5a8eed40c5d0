"""The rows of a part, each measured in another process, which is ended where it takes too long.

A call into a driver, a compiler or a network that hangs cannot be interrupted from inside, and
after some errors CUDA answers nothing else in that process. So a row that fails or runs out of time
costs itself only: a new process measures the rest.
"""

import importlib.util
import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable

from gpu_report import Measure, Outcome, Part, Setting, row_limit

# What a measurement is told of its time: the rest is for what it does not see, such as starting.
KNOWN = 0.9
# Below this a row is not begun.
LEAST = 1.0
HEAVY = ["torch", "torchvision", "locviz.models", "locviz.data", "locviz.train"]


def measure_rows(
    part: Part,
    setting: Setting,
    seconds: float,
    record: Callable[[str, Outcome], None],
    *,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Measure the rows of a part within ``seconds``; ``record`` hears of each as soon as it ends."""
    end = clock() + seconds
    worker = None
    try:
        for index, row in enumerate(part.rows):
            left = end - clock()
            if left < LEAST:
                record(row, Outcome(reason=f"did not fit into the {seconds:.0f} s of this part"))
                continue
            worker = worker or Worker(part.measure, setting)
            outcome = worker.ask(row, row_limit(left, len(part.rows) - index))
            if outcome.reason:
                worker.stop()
                worker = None
            record(row, outcome)
    finally:
        if worker:
            worker.stop()


class Worker:
    """A process that measures one row after the other.

    Args:
        measure: a function of a module, so that another process finds it.
        setting: what it is told.
    """

    def __init__(self, measure: Measure, setting: Setting):
        context = _context()
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_answer, args=(theirs, measure, setting))
        self.process.start()
        theirs.close()

    def ask(self, row: str, seconds: float) -> Outcome:
        """What came of a row. The process is of no more use where the outcome has a reason."""
        self.pipe.send((row, KNOWN * seconds))
        if not self.pipe.poll(seconds):
            return Outcome(reason=f"stopped: not done after {seconds:.0f} s")
        try:
            return self.pipe.recv()
        except EOFError:
            self.process.join()
            reason = f"failed: the process ended with exit code {self.process.exitcode}"
            return Outcome(reason=reason, failed=True)

    def stop(self) -> None:
        """End the process and whatever it started."""
        self.pipe.close()
        if self.process.is_alive():
            self._kill()
        self.process.join()

    def _kill(self) -> None:
        if hasattr(os, "killpg"):
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
                return
            except ProcessLookupError:
                pass  # not yet a group of its own
        self.process.kill()


def _context():
    """A server that has imported what all need, where the system has such; it never saw a GPU."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([name for name in HEAVY if importlib.util.find_spec(name)])
    return context


def _answer(pipe, measure: Measure, setting: Setting) -> None:
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)  # so that its own children end with it
    while True:
        try:
            row, seconds = pipe.recv()
        except EOFError:
            return
        try:
            outcome = Outcome(tuple(map(str, measure(row, seconds, setting))))
        except Exception as error:
            traceback.print_exc()
            said = (str(error).strip() or "no message").splitlines()[0]
            outcome = Outcome(reason=f"failed: {type(error).__name__}: {said}", failed=True)
        pipe.send(outcome)
