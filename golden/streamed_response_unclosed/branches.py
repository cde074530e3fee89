import httpx as hx


class Api:
    def __init__(self):
        self.client = hx.AsyncClient()

    async def fetch(self, request):
        response = await self.client.send(request, stream=True)
        if response.status_code == 304:
            return None
        elif response.is_error:
            # the server has said enough
            raise RuntimeError(response.status_code)
        return await response.aread()

    async def ping(self, request):
        response = await self.client.send(request, stream=True)
        return response.is_success
