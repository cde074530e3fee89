"""How many of 40 MB a slow peer never gets, when the event loop ends with the function."""

import asyncio
import gc
import socket
import threading

BEFORE = {"bytes lost": (20_000_000, 40_000_000)}
AFTER = {"bytes lost": (0, 0)}
SIZE = 40_000_000


def run(subject):
    listening = socket.create_server(("127.0.0.1", 0))
    got = []
    begin = threading.Event()
    waiting = asyncio.StreamWriter.wait_closed

    def read():
        peer, _ = listening.accept()
        begin.wait()  # slow: it begins when the loop has ended, or when somebody waits for it
        with peer:
            while data := peer.recv(1 << 16):
                got.append(len(data))

    async def wait_closed(writer):
        begin.set()
        await waiting(writer)

    asyncio.StreamWriter.wait_closed = wait_closed
    reading = threading.Thread(target=read)
    reading.start()
    asyncio.run(subject.send("127.0.0.1", listening.getsockname()[1], bytes(SIZE)))
    begin.set()
    gc.collect()  # the transport is in a cycle, and its socket open as long
    reading.join()
    listening.close()
    return {"bytes lost": SIZE - sum(got)}
