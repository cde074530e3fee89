import asyncio


async def requeued(queue):
    _, writer = await asyncio.open_connection("127.0.0.1", 80)
    while True:
        item = await queue.get()
        try:
            writer.write(item)
        except OSError:
            queue.put_nowait(item)


async def ignored(reader, writer):
    while True:
        try:
            writer.write(await reader.readexactly(10))
        except* ConnectionError:
            pass


async def main():
    await asyncio.start_server(ignored, "127.0.0.1", 8080)
