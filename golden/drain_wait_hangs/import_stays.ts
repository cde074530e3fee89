import fs from 'fs';
import { EventEmitter, once } from 'events';
import { Transform } from 'stream';

export class Counter extends Transform {
  count = 0;
}

export async function save(rows: string[], path: string, bus: EventEmitter) {
  const out = fs.createWriteStream(path);
  for (const row of rows) {
    if (!out.write(row)) await EventEmitter.once(out, 'drain');
  }
  if (!out.write('end')) await once(out, 'drain');
  bus.emit('saved');
  out.end();
}
