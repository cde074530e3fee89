import asyncio


async def serve(reader, writer: asyncio.StreamWriter, clients):
    writer.write(b"bye")
    writer.close()
    clients.clear()


async def again(jobs):
    for job in jobs:
        _, writer = await asyncio.open_connection(*job)
        writer.write(b"x")
        writer.close()


async def caught():
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", 80)
        writer.write(b"x")
        writer.close()
    except OSError:
        return None
