import aiohttp


async def read(session: aiohttp.ClientSession, url):
    response = await session.get(url)
    if response.status != 200:
        return None
    return await response.json()
