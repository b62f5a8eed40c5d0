"""A Jupyter Server extension that sets TCP_NODELAY on the WebSocket between browser and kernel.

A widget's answer travels as several small writes. Nagle's algorithm holds back all but the first
until the browser acknowledges it, and the browser delays that by up to 40 ms: a drag then feels
sticky although the kernel is idle. ``benchmarks/kernel_round_trip.py`` measures both. Enabled on
install by ``jupyter_server_config.d/locviz.json``.
"""

from functools import cache
from typing import Any

SETTING = "kernel_websocket_connection_class"


@cache
def without_delay(connection_class: type) -> type:
    """Subclass of a kernel WebSocket connection class that sends each message at once.

    The class keeps its name and every behaviour of its own; twice wrapped is once wrapped.
    """
    if getattr(connection_class, "sends_at_once", False):
        return connection_class

    class WithoutDelay(connection_class):
        sends_at_once = True

        def connect(self):
            try:
                self.websocket_handler.set_nodelay(True)
            except Exception as error:  # a slower kernel is better than none
                self.log.warning("locviz could not set TCP_NODELAY: %s", error)
            return super().connect()

    WithoutDelay.__name__ = WithoutDelay.__qualname__ = connection_class.__name__
    return WithoutDelay


def _is_gateway(connection_class: type) -> bool:
    from jupyter_server.gateway.connections import GatewayWebSocketConnection

    return issubclass(connection_class, GatewayWebSocketConnection)


def install(settings: dict[str, Any]) -> bool:
    """Replace the connection class in a web application's settings; whether it was replaced.

    A gateway's connections are left alone: there the kernel is on another machine, and so is the
    delay.
    """
    configured = settings.get(SETTING)
    if configured is None or _is_gateway(configured):
        return False
    settings[SETTING] = without_delay(configured)
    return True


def is_enabled() -> bool:
    """Whether a Jupyter Server started from this Python loads the extension; False where there is
    no Jupyter Server.
    """
    try:
        from jupyter_core.paths import jupyter_config_path
        from jupyter_server.extension.config import ExtensionConfigManager
    except ImportError:
        return False
    manager = ExtensionConfigManager(read_config_path=jupyter_config_path())
    return bool(manager.get_jpserver_extensions().get(__name__, False))


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "locviz.server"}]


def _load_jupyter_server_extension(server_app: Any):
    """Called by Jupyter Server after it has built its settings, before the first kernel connects."""
    done = install(server_app.web_app.settings)
    server_app.log.info(
        "locviz.server: kernel WebSockets %s", "send at once" if done else "left as configured"
    )
