"""What 10 unread answers of 8 MB leave open in one client of httpx."""

import asyncio
import gc

from loopback import serving

BEFORE = {"open sockets": (10, 10)}
AFTER = {"open sockets": (0, 0)}


async def left_open(subject, server):
    api = subject.Api()
    for _ in range(10):
        request = api.client.build_request("GET", server.url)
        try:
            assert await api.fetch(request) is None
        except RuntimeError as error:
            assert error.args == (503,)
    gc.collect()
    count = server.open_sockets()
    await api.client.aclose()
    return count


def run(subject):
    with serving(503, 8 << 20) as server:
        return {"open sockets": asyncio.run(left_open(subject, server))}
