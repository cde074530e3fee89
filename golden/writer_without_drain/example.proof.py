"""The peak of the write buffer, in bytes, while 60 MB go to a peer that does not read."""

import asyncio

BEFORE = {"peak": (50_000_000, 70_000_000)}
AFTER = {"peak": (0, 1_000_000)}
CHUNKS = 915


async def measured(subject):
    done = asyncio.Event()

    async def read_late(reader, writer):
        await done.wait()
        while await reader.read(1 << 20):
            pass
        writer.close()

    server = await asyncio.start_server(read_late, "127.0.0.1", 0)
    peaks = [0]
    opened = asyncio.open_connection

    async def open_connection(*arguments):
        reader, writer = await opened(*arguments)
        write = writer.write

        def meter(data):
            write(data)
            peaks.append(writer.transport.get_write_buffer_size())
            if len(peaks) > 20:
                asyncio.get_running_loop().call_soon(done.set)

        writer.write = meter
        return reader, writer

    asyncio.open_connection = open_connection
    # A loop that waits as it should never comes far enough to wake the peer by itself.
    asyncio.get_running_loop().call_later(0.5, done.set)
    await subject.send("127.0.0.1", server.sockets[0].getsockname()[1], CHUNKS)
    server.close()
    return {"peak": max(peaks)}


def run(subject):
    return asyncio.run(measured(subject))
