import aiohttp
import requests
from cache import session


async def unproven(url):
    response = await session.get(url)
    return response.status


def rebound(url):
    response = requests.get(url, stream=True)
    while response.is_redirect:
        response = requests.get(response.headers["location"], stream=True)
    return response.status_code


class Api:
    def __init__(self, given=None):
        self.session = given or aiohttp.ClientSession()

    async def get(self, url):
        response = await self.session.get(url)
        return response.status


async def other_name(session: aiohttp.ClientSession, url):
    session = wrapped(session)
    response = await session.get(url)
    return response.status


def wrapped(session):
    return session


async def until(session: aiohttp.ClientSession, url):
    for _ in range(3):
        response = await session.get(url)
        if response.status == 200:
            break
    return await response.text()


def maybe(url, stream):
    response = requests.get(url, stream=stream)
    return response.ok
