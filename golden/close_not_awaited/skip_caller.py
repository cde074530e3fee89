import asyncio


async def hang_up(writer: asyncio.StreamWriter):
    writer.write(b"bye")
    writer.close()


async def stop(writers):
    for writer in writers:
        await hang_up(writer)


async def beating(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, every):
    async def beat():
        while True:
            await asyncio.sleep(every)
            writer.write(b".")

    asyncio.create_task(beat())
    writer.write(await reader.read())
    writer.close()


async def kept(host, room):
    _, writer = await asyncio.open_connection(host, 80)
    writer.write(await room.join(writer))
    writer.close()
