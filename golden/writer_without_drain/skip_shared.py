import asyncio


class Client:
    async def open(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", 80)

    async def send(self, parts):
        for part in parts:
            self.writer.write(part)
