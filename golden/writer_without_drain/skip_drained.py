import asyncio


async def batch(parts):
    _, writer = await asyncio.open_connection("127.0.0.1", 80)
    for part in parts:
        writer.write(part)
    await writer.drain()


async def own_drain(reader, writer: asyncio.StreamWriter):
    while data := await reader.read(4096):
        writer.write(data)
        await writer.drain()


async def by_helper(reader, writer: asyncio.StreamWriter):
    while data := await reader.read(4096):
        writer.write(data)
        await settle(writer)


async def others(file, writers):
    for writer in writers:
        writer.write(b"x")
    while True:
        file.write(b"x")
