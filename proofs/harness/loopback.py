"""Peers on the loopback interface, and the sockets that this process has open to them."""

import contextlib
import os
import socket
import threading


class Serving:
    """A server that answers every request with `status` and a body of `size` bytes."""

    def __init__(self, status, size):
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=100)
        self._head = b"HTTP/1.1 %d Told\r\nContent-Length: %d\r\n\r\n" % (status, size)
        self._body = bytes(size)
        self.port = self._listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        threading.Thread(target=self._accept, daemon=True).start()

    def open_sockets(self):
        """How many sockets of this process are connected to the server."""
        return sum(_peer(int(name)) == self.port for name in os.listdir("/dev/fd"))

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                peer, _ = self._listening.accept()
                threading.Thread(target=self._answer, args=(peer,), daemon=True).start()

    def _answer(self, peer):
        with peer, contextlib.suppress(OSError):
            while True:
                request = b""
                while b"\r\n\r\n" not in request:
                    more = peer.recv(1 << 16)
                    if not more:
                        return
                    request += more
                peer.sendall(self._head + self._body)

    def close(self):
        self._listening.close()


def serving(status, size):
    return contextlib.closing(Serving(status, size))


def _peer(descriptor):
    """The port that a descriptor is connected to; None for all that is no such socket."""
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as copy:
        return copy.getpeername()[1] if copy.family == socket.AF_INET else None
    return None
