"""Runs inside a chapter's kernel before its first cell: from here on nothing can be reached but
this machine itself.
"""

import ipaddress
import socket


def _is_local(family: int, address) -> bool:
    if family not in (socket.AF_INET, socket.AF_INET6):
        return True  # sockets of the file system: the kernel's own
    host = str(address[0])
    if host in ("localhost", "", "<broadcast>"):
        return host != "<broadcast>"
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False


def _guarded(method, position: int):
    def guard(self, *args):
        if not _is_local(self.family, args[position]):
            raise ConnectionRefusedError(
                f"chapters run offline, but this one wants to reach {args[position]!r}"
            )
        return method(self, *args)

    return guard


def _refuse_names(lookup):
    def guard(host, *args, **kwargs):
        if host is not None and not _is_local(
            socket.AF_INET, (host.decode() if isinstance(host, bytes) else host,)
        ):
            raise socket.gaierror(f"chapters run offline, but this one looks up {host!r}")
        return lookup(host, *args, **kwargs)

    return guard


def install() -> None:
    """Replace the calls that leave the machine; reads and listening stay as they are."""
    for name, position in (("connect", 0), ("connect_ex", 0), ("sendto", -1)):
        setattr(socket.socket, name, _guarded(getattr(socket.socket, name), position))
    for name in ("getaddrinfo", "gethostbyname"):
        setattr(socket, name, _refuse_names(getattr(socket, name)))


install()
