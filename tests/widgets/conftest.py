import base64
import json
import math
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import comm
import pytest

ROOT = Path(__file__).resolve().parents[2]


class FakeComm(comm.DummyComm):
    """Stands for the kernel's side of the wire: keeps what a widget sends to the browser."""

    def __init__(self, **kwargs):
        self.messages = []
        super().__init__(**kwargs)

    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
        self.messages.append((data or {}, buffers))

    def custom(self):
        """The contents of custom messages, such as answers."""
        return [data["content"] for data, _ in self.messages if data.get("method") == "custom"]

    def states(self, method="update"):
        """The changed traits of every update (or ``echo_update``)."""
        return [data["state"] for data, _ in self.messages if data.get("method") == method]


@pytest.fixture
def fake_comm():
    """Give a widget a fake comm: ``comm = fake_comm(widget)``."""

    def attach(widget):
        widget.comm = FakeComm(target_name="jupyter.widget")
        widget.comm.messages.clear()
        return widget.comm

    return attach


class TypeScript:
    """The views' own functions, run by node: ``typescript("boxes.moved", box, "body", 1, 2, size)``
    is what ``src/shared/boxes.ts`` gives. ``src/parity_tool.ts`` lists the files.
    """

    def __init__(self, folder):
        tool = str(folder / "tool.mjs")
        build = ["node", "locviz/widgets/build.mjs", "--tool", "locviz/widgets/src/parity_tool.ts"]
        subprocess.run([*build, tool], cwd=ROOT, check=True)
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(["node", tool], **pipes)

    def __call__(self, name, *arguments):
        self.process.stdin.write(json.dumps([name, written(arguments)]) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"node ended at {name}: it says why above"
        return json.loads(line, object_hook=read)

    def close(self):
        self.process.communicate()


def written(value):
    """As JSON holds it, which has neither buffers nor NaN."""
    if isinstance(value, bytes):
        return {"buffer": base64.b64encode(value).decode()}
    if isinstance(value, float) and not math.isfinite(value):
        return {"number": str(value).replace("inf", "Infinity").replace("nan", "NaN")}
    if isinstance(value, dict):
        return {name: written(item) for name, item in value.items()}
    return [written(item) for item in value] if isinstance(value, list | tuple) else value


def read(value):
    return float(value["number"]) if set(value) == {"number"} else value


@pytest.fixture(scope="session")
def typescript(tmp_path_factory):
    if shutil.which("node") is None or not (ROOT / "node_modules" / "esbuild").is_dir():
        pytest.skip("needs Node 20 and `npm ci`")
    node = TypeScript(tmp_path_factory.mktemp("parity"))
    yield node
    node.close()


@pytest.fixture(scope="session")
def marks():
    """``marks(lab, "rect", fill="#16181d")``: the elements of a widget's static picture with this
    style, in drawing order.
    """

    def find(lab, tag, **style):
        wanted = {name.replace("_", "-"): value for name, value in style.items()}
        root = ET.fromstring(lab.snapshot().svg)
        return [
            element
            for element in root.iter(f"{{http://www.w3.org/2000/svg}}{tag}")
            if all(element.get(name) == value for name, value in wanted.items())
        ]

    return find
