import comm
import pytest


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
