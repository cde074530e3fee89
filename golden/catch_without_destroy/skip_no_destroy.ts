import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

export async function send(rows: NodeJS.ReadableStream, res: ServerResponse): Promise<void> {
  try {
    await pipeline(rows, res);
  } catch (err) {
    console.error(err);
  }
}
