import asyncio
import logging

logger = logging.getLogger(__name__)


class Sender:
    async def run(self, queue):
        reader, writer = await asyncio.open_connection("127.0.0.1", 80)
        answers = asyncio.create_task(self.hear(reader))
        while not self.done:
            text = await queue.get()
            if text is None:
                writer.write(b"end")
                break
            writer.write(self.number.to_bytes(4, "big"))
            writer.write(text)
            self.number += 1
            logger.info("sent")
        await answers

    async def copy(self, path):
        _, writer = await asyncio.open_connection("127.0.0.1", 80)
        with open(path, "rb") as file:
            while chunk := file.read(65536):
                writer.write(chunk)

    async def until(self, reader, count):
        _, writer = await asyncio.open_connection("127.0.0.1", 80)
        while count:
            try:
                writer.write(await reader.readexactly(10))
            except ConnectionError:
                break
            except asyncio.IncompleteReadError:
                continue
            count -= 1
