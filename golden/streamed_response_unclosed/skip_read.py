import aiohttp
import httpx
import requests


def download(url, path):
    response = requests.get(url, stream=True)
    with open(path, "wb") as file:
        for chunk in response.iter_content(65536):
            file.write(chunk)


def text(url):
    response = requests.get(url, stream=True)
    if response.ok:
        found = response.text
    else:
        raise RuntimeError(response.content)
    return found


def lines(client: httpx.Client, request):
    response = client.send(request, stream=True)
    for line in response.iter_lines():
        print(line)
    return response.status_code


async def read(session: aiohttp.ClientSession, url):
    try:
        response = await session.get(url)
    except aiohttp.ClientError:
        return None
    with open("copy", "wb") as file:
        async for chunk in response.content.iter_chunked(65536):
            file.write(chunk)
    return response.status


def whole(url):
    return requests.get(url).text
