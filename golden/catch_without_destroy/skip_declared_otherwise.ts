import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { open } from './rows';

export async function send(rows: AsyncIterable<Buffer>, res: ServerResponse): Promise<void> {
  try {
    await pipeline(rows, res);
  } catch (err) {
    console.error(err);
  }
}

export async function opened(id: string, res: ServerResponse): Promise<void> {
  const rows: ReadableStream<Uint8Array> = await open(id);
  try {
    await pipeline(rows, res);
  } catch (err) {
    console.error(err);
  }
}
