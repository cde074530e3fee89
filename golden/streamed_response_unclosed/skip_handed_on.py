import contextlib
import shutil

import requests

opened = []


def given(url):
    response = requests.get(url, stream=True)
    return response


def stored(url):
    response = requests.get(url, stream=True)
    opened.append(response)


def parts(url):
    response = requests.get(url, stream=True)
    yield from response.iter_content(65536)


def copied(url, file):
    response = requests.get(url, stream=True)
    shutil.copyfileobj(response.raw, file)


def later(url):
    response = requests.get(url, stream=True)
    return lambda: response.content


def shared(url):
    global response
    response = requests.get(url, stream=True)
    return response.ok


def closing(url):
    with contextlib.closing(requests.get(url, stream=True)) as response:
        return response.ok
