import contextlib

import aiohttp


async def caught(session: aiohttp.ClientSession, url):
    response = await session.get(url)
    try:
        if response.status != 200:
            raise ValueError(response.status)
    except ValueError:
        print("the body says why")
    return await response.text()


async def suppressed(session: aiohttp.ClientSession, url, parse):
    response = await session.get(url)
    with contextlib.suppress(ValueError):
        if response.status != 200:
            return parse(response.headers)
    return await response.text()


async def opened_within(session: aiohttp.ClientSession, url):
    try:
        response = await session.get(url)
        if response.status != 200:
            raise ValueError(response.status)
    except ValueError:
        pass
    return await response.text()


async def at_last(session: aiohttp.ClientSession, url):
    response = await session.get(url)
    try:
        if response.status != 200:
            return None
        return await response.json()
    finally:
        print(await response.text())


async def last_one(session: aiohttp.ClientSession, urls):
    for url in urls:
        response = await session.get(url)
        if response.status == 429:
            continue
        print(await response.text())
    else:
        return await response.text()


async def next_round(session: aiohttp.ClientSession, urls):
    response = None
    for url in urls:
        print(await response.text())
        response = await session.get(url)
        if response.status == 429:
            continue
        print(await response.text())


async def tested(session: aiohttp.ClientSession, url):
    while True:
        if url and await response.text():
            return None
        response = await session.get(url)
        if response.status == 429:
            continue
        print(await response.text())
