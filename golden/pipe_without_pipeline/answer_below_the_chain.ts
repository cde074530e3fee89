import { createReadStream } from 'node:fs';
import type { Request, Response } from 'express';

export class Files {
  constructor(private readonly log: { error(text: string, cause: unknown): void }) {}

  send(request: Request, response: Response): void {
    const file = createReadStream(request.params.path);
    file.pipe(response);
    file.on('error', (cause: Error) => {
      this.log.error(`cannot send ${request.params.path}`, cause);
      response.status(500);
      response.send('broken');
    });
  }
}
