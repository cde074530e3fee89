import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';

async function* upper(source) {
  for await (const chunk of source) yield String(chunk).toUpperCase();
}

export async function follow(req, res) {
  try {
    await pipeline(new PassThrough(), upper, res);
  } catch (err) {
    res.writeHead(500);
    res.end(err.message);
  }
}
