"""What three answers of 8 MB leave open that only their status was asked of, between retries."""

import asyncio
import gc

import aiohttp
from loopback import serving

BEFORE = {"open sockets": (3, 3)}
AFTER = {"open sockets": (0, 0)}


async def left_open(subject, server):
    async with aiohttp.ClientSession() as session:
        api = subject.Api(session)
        api.pause = 0
        assert await api.ask(server.url) is None
        gc.collect()
        await asyncio.sleep(0)  # a transport closes its socket in the loop's next round
        await asyncio.sleep(0)
        return server.open_sockets()


def run(subject):
    with serving(429, 8 << 20) as server:
        return {"open sockets": asyncio.run(left_open(subject, server))}
