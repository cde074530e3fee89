import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export async function run(source: Readable, stages: { to: Writable }): Promise<void> {
  try {
    await pipeline(source, stages.to);
  } catch (err: unknown) {
    source.destroy(err as Error);
    throw err;
  }
}
