import asyncio
from dataclasses import dataclass
from typing import Optional


class Client:
    def __init__(self, make):
        self.writer: asyncio.StreamWriter | None = None
        self.make = make

    async def open(self):
        self.writer = await self.make()

    async def send(self, queue):
        while True:
            data = await queue.get()
            self.writer.write(data)


@dataclass
class Session:
    writer: asyncio.StreamWriter

    async def copy(self, lines):
        async for line in lines:
            self.writer.write(line)


async def copied(lines, writer: Optional[asyncio.StreamWriter]):
    async for line in lines:
        if writer:
            writer.write(line)


async def by_hand(path, parts):
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    transport, _ = await loop.create_unix_connection(lambda: protocol, path)
    writer = asyncio.StreamWriter(transport, protocol, reader, loop)
    for part in list(parts):
        writer.write(part)
