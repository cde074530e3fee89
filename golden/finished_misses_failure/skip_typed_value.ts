import * as fs from 'node:fs';
import { finished } from 'node:stream/promises';

interface Client {
  release(): boolean;
}

export async function save(client: Client, path: string): Promise<boolean> {
  const out = fs.createWriteStream(path);
  out.end('x');
  return finished(out).then<boolean>(() => client.release());
}
