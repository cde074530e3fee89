import type { NextFunction, Request, Response } from 'express';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';

async function* upper(source: AsyncIterable<Buffer>) {
  for await (const chunk of source) yield String(chunk).toUpperCase();
}

export function follow(feed: PassThrough) {
  return (req: Request, res: Response, next: NextFunction) => {
    const own = new PassThrough();
    feed.on('data', (chunk) => own.write(chunk));
    pipeline(own, upper, res).catch((err) => {
      if (err.name === 'AbortError' || err.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
      next(err);
    });
  };
}
