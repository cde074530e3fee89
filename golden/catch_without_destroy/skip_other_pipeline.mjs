import { pipeline } from '@huggingface/transformers';
import { pipeline as streams } from 'node:stream/promises';

export async function classify(req, res) {
  const source = await req.text();
  try {
    await pipeline(source, res);
  } catch (err) {
    console.error(err);
  }
}

export { streams };
