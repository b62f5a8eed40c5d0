"""locviz.server: the extension loads in a real Jupyter Server and the socket option is truly set."""

import asyncio
import json
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

pytest.importorskip("jupyter_server")

from jupyter_server.gateway.connections import GatewayWebSocketConnection
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

from locviz.server import SETTING, install, is_enabled, without_delay

TOOLS = Path(__file__).resolve().parents[2] / "tools"

# A connection class of somebody else's, which writes down what the socket is set to when a browser
# connects.
PROBE = """
import os, socket
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

class Probe(ZMQChannelsWebsocketConnection):
    def connect(self):
        stream = self.websocket_handler.ws_connection.stream
        with open(os.environ["PROBE_FILE"], "w") as file:
            file.write(str(stream.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))
        return super().connect()
"""


def test_class_is_wrapped_once_and_keeps_its_name():
    wrapped = without_delay(ZMQChannelsWebsocketConnection)
    assert issubclass(wrapped, ZMQChannelsWebsocketConnection)
    assert wrapped.__name__ == "ZMQChannelsWebsocketConnection"
    assert without_delay(ZMQChannelsWebsocketConnection) is wrapped
    assert without_delay(wrapped) is wrapped


def test_gateway_and_absent_setting_are_left_alone():
    settings = {SETTING: GatewayWebSocketConnection}
    assert not install(settings)
    assert settings == {SETTING: GatewayWebSocketConnection}
    empty: dict = {}
    assert not install(empty)
    assert empty == {}


class _Log:
    def __init__(self):
        self.lines = []

    def warning(self, message, *arguments):
        self.lines.append(message % arguments)


def test_a_socket_that_refuses_does_not_cost_the_kernel():
    class Refusing:
        def set_nodelay(self, value):
            raise OSError("no such option")

    class Plain:
        websocket_handler = Refusing()
        log = _Log()

        def connect(self):
            return "connected"

    connection = without_delay(Plain)()
    assert connection.connect() == "connected"
    assert connection.log.lines == ["locviz could not set TCP_NODELAY: no such option"]


def test_installed_package_enables_the_extension():
    assert is_enabled(), (
        "install with `pip install -e .`: jupyter_server_config.d/locviz.json is shared data"
    )


def test_the_server_does_not_pay_for_torch():
    code = "import sys, locviz.server; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


async def _kernel_info(lab, kernel: str) -> str:
    """Ask a kernel who it is over a WebSocket; the type of the reply."""
    from tornado.httpclient import HTTPRequest
    from tornado.websocket import websocket_connect

    session = uuid.uuid4().hex
    url = f"ws://127.0.0.1:{lab.port}/api/kernels/{kernel}/channels?session_id={session}"
    socket = await websocket_connect(
        HTTPRequest(url, headers={"Authorization": f"token {lab.token}"})
    )
    header = {
        "msg_id": uuid.uuid4().hex, "msg_type": "kernel_info_request", "session": session, "username": "",
        "version": "5.3", "date": "",
    }  # fmt: skip
    message = {
        "header": header,
        "parent_header": {},
        "metadata": {},
        "content": {},
        "channel": "shell",
    }
    await socket.write_message(json.dumps(message))
    while True:
        reply = json.loads(await asyncio.wait_for(socket.read_message(), 30))
        if reply["parent_header"].get("msg_id") == header["msg_id"] and reply["channel"] == "shell":
            socket.close()
            while await socket.read_message() is not None:
                pass
            return reply["msg_type"]


@pytest.mark.slow
@pytest.mark.parametrize("enabled", [True, False])
def test_real_server_sets_the_option_on_a_configured_class(tmp_path, monkeypatch, enabled):
    monkeypatch.syspath_prepend(str(TOOLS))
    from lab_driver import JupyterLab

    (tmp_path / "probe_connection.py").write_text(PROBE)
    options = ["--ServerApp.kernel_websocket_connection_class=probe_connection.Probe"]
    if not enabled:
        options.append("--ServerApp.jpserver_extensions=locviz.server=False")
    probe_file = tmp_path / "nodelay"
    environment = {"PYTHONPATH": str(tmp_path), "PROBE_FILE": str(probe_file)}
    with JupyterLab(
        tmp_path / "lab", server_options=tuple(options), environment=environment
    ) as lab:
        kernel = lab.request("api/kernels", method="POST", body={"name": "python3"})["id"]
        assert asyncio.run(_kernel_info(lab, kernel)) == "kernel_info_reply"
        lab.request(f"api/kernels/{kernel}", method="DELETE")
        log = lab.log.read_text()
    assert ("locviz.server: kernel WebSockets send at once" in log) is enabled
    # With the extension off the option is what Tornado leaves, which is what makes this test able
    # to fail.
    assert (int(probe_file.read_text()) != 0) is enabled
