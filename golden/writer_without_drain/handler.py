import asyncio as aio


async def echo(reader, writer):
    while data := await reader.read(4096):
        writer.write(len(data).to_bytes(4, "big"))  # the head
        writer.write(data)  # then the text
    writer.close()
    await writer.wait_closed()


async def main():
    await aio.start_server(echo, "127.0.0.1", 8080)
