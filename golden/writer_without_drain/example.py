import asyncio


async def send(host, port, chunks):
    reader, writer = await asyncio.open_connection(host, port)
    for chunk in range(chunks):
        writer.write(b"x" * 65536)
    writer.close()
    await writer.wait_closed()
