import aiohttp
import requests


class Api:
    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session
        self.kept = requests.Session()

    async def retried(self, url):
        while True:
            response = await self.session.get(url)
            if response.status == 200:
                return await response.text()

    async def status(self, url):
        return (await self.session.get(url)).status

    def checked(self, url):
        response = self.kept.get(url, stream=True)
        response.raise_for_status()
        return response.headers

    async def one_line(self, url):
        response = await self.session.get(url)
        if response.status == 404: return None
        return await response.text()

    async def later(self, url):
        for _ in range(3):
            response = await self.session.get(url)
            if response.status == 200:
                break
        return await response.text()

    async def uploaded(self, url, parts):
        response = await self.session.post(url, data=parts)
        return response.status
