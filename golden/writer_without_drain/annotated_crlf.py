from asyncio import StreamWriter


async def copy(lines, writer: StreamWriter):
	async for line in lines:
		writer.write(line)
