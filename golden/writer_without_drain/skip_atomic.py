import asyncio


class Chat:
    async def start(self):
        await asyncio.start_server(self.serve, "127.0.0.1", 8080)

    async def serve(self, reader, writer):
        for line in self.history:
            writer.write(line)
