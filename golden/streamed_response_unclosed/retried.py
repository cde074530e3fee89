import asyncio

import aiohttp


class Api:
    session: aiohttp.ClientSession

    def __init__(self, session: aiohttp.ClientSession):
        self.session = session
        self.pause = 1

    async def ask(self, url):
        for attempt in range(3):
            try:
                response = await self.session.get(url)
            except aiohttp.ClientError:
                continue
            if response.status in (429, 502):
                await asyncio.sleep(attempt * self.pause)
                continue
            if response.status == 404:
                break
            return await response.json()
        return None
