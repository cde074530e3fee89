from aiohttp import ClientSession

session = ClientSession()


async def warm(url):
    await session.get(url)
