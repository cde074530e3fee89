import asyncio


async def one(data):
    with open("log") as log:
        _, writer = await asyncio.open_connection("127.0.0.1", 80)
        writer.write(data or log.read())
        if data:
            writer.close()
            return True
    writer.close()


async def other(data):
    _, writer = await asyncio.open_connection("127.0.0.1", 80)
    writer.write(data)
    writer.close()
    await writer.wait_closed()


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
    writer.write(await reader.read())
    writer.close()


async def echo(reader, writer):
    writer.write(await reader.read())
    writer.close()


async def main():
    await asyncio.start_server(echo, "127.0.0.1", 8080)
