"""A Jupyter Server extension that sets TCP_NODELAY on the WebSocket between browser and kernel.

A widget's answer is sent in several small writes. Nagle's algorithm holds back all but the first
until the browser acknowledges it, and the browser delays the acknowledgement by up to 40 ms. So
dragging feels slow although the kernel is idle. ``benchmarks/kernel_round_trip.py`` measures the
time with and without this delay. The extension is enabled on installation by
``jupyter_server_config.d/locviz.json``.
"""

from functools import cache
from typing import Any

SETTING = "kernel_websocket_connection_class"


@cache
def without_delay(connection_class: type) -> type:
    """A subclass of a kernel WebSocket connection class that sends each message at once.

    It keeps the name and all behaviour of the class. Law: wrapping twice is the same as once.
    """
    if getattr(connection_class, "sends_at_once", False):
        return connection_class

    class WithoutDelay(connection_class):
        sends_at_once = True

        def connect(self):
            try:
                self.websocket_handler.set_nodelay(True)
            # Any exception: a slow connection is better than none.
            except Exception as error:
                self.log.warning("locviz could not set TCP_NODELAY: %s", error)
            return super().connect()

    WithoutDelay.__name__ = WithoutDelay.__qualname__ = connection_class.__name__
    return WithoutDelay


def _is_gateway(connection_class: type) -> bool:
    from jupyter_server.gateway.connections import GatewayWebSocketConnection

    return issubclass(connection_class, GatewayWebSocketConnection)


def install(settings: dict[str, Any]) -> bool:
    """Replace the connection class in a web application's settings; return whether it was replaced.

    A gateway's connections are left as they are: there the kernel is on another machine, and the
    delay arises there, too.
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
