import asyncio


async def serve(reader, writer):
    await room.join(writer)
    while data := await reader.readline():
        writer.write(len(data).to_bytes(4, "big"))
        text = data.upper()
        writer.write(text)


async def main():
    await asyncio.start_server(serve, "127.0.0.1", 8080)
