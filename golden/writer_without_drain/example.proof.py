"""The peak of the write buffer, in bytes, while 60 MB go to a peer that does not read."""

import asyncio

BEFORE = {"peak write buffer, bytes": (50_000_000, 70_000_000)}
AFTER = {"peak write buffer, bytes": (0, 1_000_000)}
CHUNKS = 915


async def measured(subject):
    begin, ended = asyncio.Event(), asyncio.Event()

    async def read_late(reader, writer):
        await begin.wait()
        while await reader.read(1 << 20):
            pass
        writer.close()
        ended.set()

    server = await asyncio.start_server(read_late, "127.0.0.1", 0)
    peaks = [0]
    opened = asyncio.open_connection

    async def open_connection(*arguments):
        reader, writer = await opened(*arguments)
        write, drain, wait_closed = writer.write, writer.drain, writer.wait_closed
        _, high = writer.transport.get_write_buffer_limits()

        def meter(data):
            write(data)
            peaks.append(writer.transport.get_write_buffer_size())

        async def drained():
            if writer.transport.get_write_buffer_size() > high:
                begin.set()  # who waits as it should waits from here on, until the peer reads
            await drain()

        async def closed():
            begin.set()
            await wait_closed()

        writer.write, writer.drain, writer.wait_closed = meter, drained, closed
        return reader, writer

    asyncio.open_connection = open_connection
    await subject.send("127.0.0.1", server.sockets[0].getsockname()[1], CHUNKS)
    await ended.wait()
    server.close()
    return {"peak write buffer, bytes": max(peaks)}


def run(subject):
    return asyncio.run(measured(subject))
