import requests


def probe(url, then):
    response = requests.get(url, stream=True)  # the body can be large
    then(response.headers)
    return response.status_code == 200
