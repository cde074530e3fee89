import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';

export function save(message: IncomingMessage, path: string, reply: (code: number, why: string) => void): void {
  const file = createWriteStream(path);
  file.on('error', (err) => reply(507, err.message));
  message.pipe(file);
}
