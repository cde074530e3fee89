import { createWriteStream } from 'node:fs';
import type { Request } from 'express';

export function save(req: Request, path: string) {
  req.pipe(createWriteStream(path));
}
