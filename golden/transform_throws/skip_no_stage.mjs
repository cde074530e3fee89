import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

export function read(stream, onRow) {
  createInterface({ input: Readable.from(stream) }).on('line', (line) => onRow(JSON.parse(line)));
}

export const codec = { transform: (text, options, callback) => callback(null, JSON.parse(text)) };
