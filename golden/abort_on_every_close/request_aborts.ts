import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';

export async function download(req: Request, res: Response): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  req.once('close', () => {
    controller.abort();
  });
  await pipeline(createReadStream(process.env.REPORT!), res, { signal });
}
