import { Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

class Lines extends Transform {
  private tail = '';
}

const lines = new Lines();

export async function copy(source: Readable, target: Writable): Promise<void> {
  await pipeline(source, lines, target);
}
