import fs from 'node:fs';
import type { Response } from 'express';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export async function typed(path: string, res: Response): Promise<void> {
  let source: Readable;
  try {
    source = fs.createReadStream(path);
    await pipeline(source, res);
  } catch (err) {
    console.error(err);
  }
}

export async function twice(path: string, res: Response): Promise<void> {
  let source = fs.createReadStream(path);
  if (res.locals.other) source = fs.createReadStream(res.locals.other);
  try {
    await pipeline(source, res);
  } catch (err) {
    console.error(err);
  }
}
