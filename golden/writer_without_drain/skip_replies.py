import asyncio


async def pipelined(commands):
    reader, writer = await asyncio.open_connection("127.0.0.1", 6379)
    for command in list(commands):
        writer.write(command)
    return [await reader.readline() for _ in commands]


async def in_batches(batches):
    reader, writer = await asyncio.open_connection("127.0.0.1", 6379)
    for size in batches:
        for _ in range(size):
            writer.write(b"PING\r\n")
        print(await reader.readline())


async def handed_back(count):
    reader, writer = await asyncio.open_connection("127.0.0.1", 6379)
    for _ in range(count):
        writer.write(b"PING\r\n")
    return reader
