import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';

async function* upper(source) {
  for await (const chunk of source) yield String(chunk).toUpperCase();
}

export const follow = (req, res) => pipeline(new PassThrough(), upper, res).catch(console.error);

export async function maybe(req, res) {
  if (req.url === '/') await pipeline(new PassThrough(), upper, res).catch(console.error);
}
