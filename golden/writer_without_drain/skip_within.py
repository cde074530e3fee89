import asyncio
import contextlib
import threading

lock = threading.Lock()
turn = asyncio.Lock()


async def locked(reader, writer):
    while data := await reader.read(4096):
        with lock:
            writer.write(data)


async def locked_around(parts):
    _, writer = await asyncio.open_connection("127.0.0.1", 80)
    with lock:
        for part in list(parts):
            writer.write(part)


async def in_turn(reader, writer):
    while data := await reader.read(4096):
        async with turn:
            writer.write(data)


async def suppressed(reader, writer):
    count = 0
    while data := await reader.read(4096):
        with contextlib.suppress(Exception):
            writer.write(data)
            count += 1
    return count


async def at_last(work):
    _, writer = await asyncio.open_connection("127.0.0.1", 80)
    try:
        await work()
    finally:
        for _ in range(3):
            writer.write(b"bye")


async def main():
    for serve in (locked, in_turn, suppressed):
        await asyncio.start_server(serve, "127.0.0.1", 8080)
    await asyncio.start_server(locked, "127.0.0.1", 8080)
    await asyncio.start_server(in_turn, "127.0.0.1", 8081)
    await asyncio.start_server(suppressed, "127.0.0.1", 8082)
