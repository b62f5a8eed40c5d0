"""What JupyterLab takes for a warm kernel: asks for a fork, hands on signals, ends with it.

    python -I -S tools/kernel_stand_in.py SOCKET CONNECTION_FILE

Imports little: it starts with every kernel. The other side is `tools/warm_kernels.py`.
"""

import json
import os
import signal
import socket
import struct
import sys

NUMBER = struct.Struct("!I")


def read(link: socket.socket, size: int) -> bytes:
    """So many bytes.

    Raises:
        ConnectionError: the other side ended before.
    """
    got = b""
    while len(got) < size:
        more = link.recv(size - len(got))
        if not more:
            raise ConnectionError("the process that forks kernels is gone")
        got += more
    return got


def main(address: str, connection_file: str):
    asked = json.dumps([connection_file, os.getcwd(), dict(os.environ)]).encode()
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(address)
        socket.send_fds(link, [NUMBER.pack(len(asked))], [1, 2])
        link.sendall(asked)
        (pid,) = NUMBER.unpack(read(link, NUMBER.size))
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda number, _: os.kill(pid, number))
        link.recv(1)  # nothing is ever sent: the fork's end closes it


if __name__ == "__main__":
    main(*sys.argv[1:])
