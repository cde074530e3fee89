"""How many of 40 MB a slow peer never gets, when the event loop ends with the function."""

import asyncio
import gc
import socket
import threading

BEFORE = {"lost": (20_000_000, 40_000_000)}
AFTER = {"lost": (0, 0)}
SIZE = 40_000_000


def run(subject):
    listening = socket.create_server(("127.0.0.1", 0))
    got = []
    ended = threading.Event()

    def read():
        peer, _ = listening.accept()
        ended.wait(1)  # slow: it begins when the loop has ended, or after a second
        with peer:
            while data := peer.recv(1 << 16):
                got.append(len(data))

    reading = threading.Thread(target=read)
    reading.start()
    asyncio.run(subject.send("127.0.0.1", listening.getsockname()[1], bytes(SIZE)))
    ended.set()
    gc.collect()  # the transport is in a cycle, and its socket open as long
    reading.join()
    listening.close()
    return {"lost": SIZE - sum(got)}
