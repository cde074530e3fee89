import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import stream from 'node:stream';

const pipelineAsync = promisify(stream.pipeline);

export const serve = (file) =>
  createServer((req, res) => {
    if (req.method !== 'GET') return res.writeHead(405).end();
    return pipelineAsync(createReadStream(file), res);
  });
