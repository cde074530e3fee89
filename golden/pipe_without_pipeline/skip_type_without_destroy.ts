import { createReadStream } from 'node:fs';
import type { Request, Response } from 'express';

export function send(req: Request, res: Response): void {
  const body: NodeJS.ReadableStream = createReadStream(req.url);
  body.pipe(res);
}
