import asyncio


async def echo(reader, writer):
    while data := await reader.readline():
        writer.write(data)


async def called_with_others(reader, writer):
    while data := await reader.readline():
        writer.write(data)


def other():
    async def echo(reader, writer):
        writer.close()

    return asyncio.start_server(echo, "127.0.0.1", 8080)


async def main(source, sink):
    await asyncio.start_server(called_with_others, "127.0.0.1", 8080)
    await called_with_others(source, sink)
