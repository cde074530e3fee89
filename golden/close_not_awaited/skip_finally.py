import asyncio


async def send(data):
    reader, writer = await asyncio.open_connection("127.0.0.1", 80)
    try:
        writer.write(data)
        await writer.drain()
    finally:
        writer.close()
