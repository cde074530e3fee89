import asyncio


async def send(data):
    reader, writer = await asyncio.open_connection("127.0.0.1", 80)
    writer.write(data)
    writer.close()
    await writer.wait_closed()


def not_async(writer: asyncio.StreamWriter):
    writer.write(b"x")
    writer.close()


async def a_file(name):
    file = open(name, "w")
    file.write("x")
    file.close()
