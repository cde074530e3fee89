import aiohttp
import httpx
import requests


def asked(url):
    response = requests.get(url, stream=True)
    try:
        return response.ok
    finally:
        response.close()


def entered(url):
    with requests.get(url, stream=True) as response:
        return response.ok


async def released(session: aiohttp.ClientSession, url):
    async with session.get(url) as response:
        return response.status


async def whole_session(url):
    async with aiohttp.ClientSession() as session:
        response = await session.get(url)
        return response.status


def whole_client(request):
    client = httpx.Client()
    response = client.send(request, stream=True)
    client.close()
    return response.status_code
