import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

async function send(file: string, res: ServerResponse): Promise<void> {
  try {
    await access(file);
    await pipeline(createReadStream(file), res);
  } catch (err) {
    if (!res.headersSent && !res.destroyed) {
      res.statusCode = 404;
      res.end();
    }
  }
}

export const server = createServer((req: IncomingMessage, res: ServerResponse) => {
  void send(process.env.FILE!, res);
});
