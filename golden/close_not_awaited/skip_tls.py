import asyncio
import ssl


async def client(data):
    _, writer = await asyncio.open_connection("localhost", 443, ssl=ssl.create_default_context())
    writer.write(data)
    writer.close()


async def upgraded(data):
    _, writer = await asyncio.open_connection("localhost", 25)
    await writer.start_tls(ssl.create_default_context())
    writer.write(data)
    writer.close()


async def served(reader, writer):
    writer.write(await reader.readline())
    writer.close()


async def main(options):
    await asyncio.start_server(served, "localhost", 443, **options)
