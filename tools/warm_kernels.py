"""Kernels that have the heavy libraries at once: one process imports them, and every kernel is a
fork of it.

A kernel of its own imports torch and what comes with it for four seconds of CPU time, in every
notebook that a browser test opens, and takes two seconds to end. No module of locviz is imported
before the fork: what a cell forgets to import is missing here, too.

    with WarmKernels() as kernels, JupyterLab(folder, kernels=kernels) as lab: ...
"""

import importlib
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from contextlib import suppress
from pathlib import Path

from kernel_stand_in import NUMBER, read

STAND_IN = Path(__file__).with_name("kernel_stand_in.py")
HEAVY = (
    "anywidget", "ipykernel.kernelapp", "ipykernel.zmqshell", "ipywidgets", "matplotlib.figure",
    "scipy.optimize", "torchvision",
)  # fmt: skip


class WarmKernels:
    """The process that is forked; a context manager."""

    def __enter__(self) -> "WarmKernels":
        self.ready = False
        self.folder = tempfile.TemporaryDirectory()
        self.address = str(Path(self.folder.name) / "door")
        self.process = subprocess.Popen(
            [sys.executable, __file__, self.address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
            start_new_session=True,
        )
        return self

    def __exit__(self, *_):
        self.process.communicate(timeout=30)  # closes its input, which ends it
        self.folder.cleanup()

    def install(self, folder: Path):
        """Make them the kernels of the JupyterLab that looks for kernels in this folder.

        Raises:
            RuntimeError: the imports failed; what they printed stands above.
        """
        assert self.process.stdout is not None
        self.ready = self.ready or self.process.stdout.readline() == b"ready\n"
        if not self.ready:
            raise RuntimeError("the process that imports for all kernels ended")
        arguments = [sys.executable, "-I", "-S", str(STAND_IN), self.address, "{connection_file}"]
        specification = {"argv": arguments, "display_name": "Python 3", "language": "python"}
        path = folder / "kernels" / "python3" / "kernel.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(specification))


def import_heavy():
    # As ipykernel sets them in a kernel of its own, before it or matplotlib are imported.
    os.environ["JPY_PARENT_PID"] = str(os.getpid())
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    sys.path.remove(str(STAND_IN.parent))
    for name in HEAVY:
        importlib.import_module(name)


def serve(address: str):
    """Fork a kernel for every stand-in that asks, until the standard input closes."""
    import_heavy()
    forks: list[int] = []
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen(8)
        print("ready", flush=True)
        while sys.stdin not in select.select([door, sys.stdin], [], [])[0]:
            with door.accept()[0] as link, suppress(OSError):  # a stand-in may end at any time
                forks.append(fork_kernel(link))
            forks = [one for one in forks if os.waitpid(one, os.WNOHANG)[0] == 0]


def fork_kernel(link: socket.socket) -> int:
    """What a stand-in asks for; the number of the new process."""
    size, streams, _, _ = socket.recv_fds(link, NUMBER.size, 2)
    if len(size) < NUMBER.size:
        raise ConnectionError("ended before it asked")
    try:
        asked = json.loads(read(link, *NUMBER.unpack(size)))
        if (pid := os.fork()) == 0:
            be_kernel(link, streams, *asked)
        link.sendall(NUMBER.pack(pid))
        return pid
    finally:
        for stream in streams:
            os.close(stream)


def be_kernel(link: socket.socket, streams: list[int], file: str, folder: str, environment: dict):
    try:
        os.setsid()
        for number, stream in enumerate([os.open(os.devnull, os.O_RDONLY), *streams]):
            os.dup2(stream, number)
        os.environ.clear()
        os.environ.update(environment, JPY_PARENT_PID=str(os.getppid()))
        os.chdir(folder)
        threading.Thread(target=end_with, args=[link], daemon=True).start()
        import numpy
        import torch
        from ipykernel import kernelapp

        numpy.random.seed()  # noqa: NPY002 -- not those of every other fork
        torch.seed()
        sys.argv = ["ipykernel_launcher.py", "-f", file]
        kernelapp.launch_new_instance()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)  # at once: to take torch apart needs two seconds


def end_with(link: socket.socket):
    """End with the stand-in, whatever ended it."""
    link.recv(1)
    os._exit(1)


if __name__ == "__main__":
    serve(sys.argv[1])
    os._exit(0)  # as a fork ends
