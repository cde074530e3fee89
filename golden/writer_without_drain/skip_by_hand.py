import asyncio


class Plain(asyncio.Protocol):
    pass


async def no_way_to_wait(path, parts):
    loop = asyncio.get_running_loop()
    protocol = Plain()
    transport, _ = await loop.create_unix_connection(lambda: protocol, path)
    writer = asyncio.StreamWriter(transport, protocol, None, loop)
    for part in list(parts):
        writer.write(part)


class Client:
    def __init__(self, make):
        self.make = make

    async def send(self, queue):
        writer: asyncio.StreamWriter
        self.writer = await self.make()
        while True:
            self.writer.write(await queue.get())
