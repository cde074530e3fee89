import asyncio
import threading

lock = threading.Lock()
turns = asyncio.Semaphore(4)


async def locked(host):
    _, writer = await asyncio.open_connection(host, 80)
    with lock:
        writer.write(b"x")
        writer.close()


async def in_turn(host):
    async with turns:
        _, writer = await asyncio.open_connection(host, 80)
        writer.write(b"x")
        writer.close()


async def released_after(host, jobs):
    _, writer = await asyncio.open_connection(host, 80)
    try:
        writer.write(b"x")
        writer.close()
    finally:
        jobs.release()
