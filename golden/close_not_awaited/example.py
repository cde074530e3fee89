import asyncio


async def send(host, port, data):
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(data)
    writer.close()
