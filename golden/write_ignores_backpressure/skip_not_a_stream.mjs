import fs from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { WebSocket } from 'ws';

export async function save(rows, path, sink) {
  const file = await fs.open(path, 'w');
  const hash = createHash('sha256');
  const peer = new WebSocket('ws://localhost');
  for await (const row of rows) {
    file.write(row);
    hash.update(row);
    hash.write(row);
    peer.write(row);
    sink.write(row);
    rows.parser.write(row);
  }
}
