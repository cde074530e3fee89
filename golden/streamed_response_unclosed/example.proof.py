"""What 10 unread answers of 8 MB leave open in one session, and how many of 6 a limit of 3 lets
through before one has to wait."""

import asyncio
import gc

import aiohttp
from loopback import serving

BEFORE = {"open sockets": (10, 10), "requests answered": (3, 3)}
AFTER = {"open sockets": (0, 0), "requests answered": (6, 6)}


async def left_open(subject, server):
    async with aiohttp.ClientSession() as session:
        for _ in range(10):
            await subject.read(session, server.url)
        gc.collect()
        await asyncio.sleep(0)  # a transport closes its socket in the loop's next round
        await asyncio.sleep(0)
        return server.open_sockets()


async def answered(subject, url):
    waits = asyncio.Event()

    async def queued(*_):
        waits.set()

    tracing = aiohttp.TraceConfig()
    tracing.on_connection_queued_start.append(queued)
    connector = aiohttp.TCPConnector(limit=3)
    async with aiohttp.ClientSession(connector=connector, trace_configs=[tracing]) as session:
        for done in range(6):
            reading = asyncio.ensure_future(subject.read(session, url))
            stuck = asyncio.ensure_future(waits.wait())
            await asyncio.wait({reading, stuck}, return_when=asyncio.FIRST_COMPLETED)
            if stuck.done():
                reading.cancel()
                return done
            stuck.cancel()
    return 6


def run(subject):
    with serving(404, 8 << 20) as server:
        return {
            "open sockets": asyncio.run(left_open(subject, server)),
            "requests answered": asyncio.run(answered(subject, server.url)),
        }
