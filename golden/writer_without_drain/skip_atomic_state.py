import asyncio

from state import recent

pending = []


async def first(reader, writer):
    while pending:
        writer.write(pending[0])
        del pending[0]


async def by_index(reader, writer: asyncio.StreamWriter, lines):
    _, out = await asyncio.open_connection("127.0.0.1", 80)
    for i in range(len(lines)):
        out.write(lines[i])


async def imported():
    _, writer = await asyncio.open_connection("127.0.0.1", 80)
    for i in range(10):
        writer.write(recent[i])


async def under_another_name(own):
    _, writer = await asyncio.open_connection("127.0.0.1", 80)
    queue = own.queue
    while queue:
        writer.write(queue.popleft())


class Sender:
    async def run(self):
        _, writer = await asyncio.open_connection("127.0.0.1", 80)
        while self.waiting():
            writer.write(self.take())

    async def resend(self, reader):
        _, writer = await asyncio.open_connection("127.0.0.1", 80)
        while await reader.readline():
            item = self.unsent[0]
            if item:
                writer.write(item)
            self.unsent.popleft()


async def main():
    await asyncio.start_server(first, "127.0.0.1", 8080)
