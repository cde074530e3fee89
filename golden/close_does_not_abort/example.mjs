import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

async function* lines(source) {
  for await (const change of source) yield `${JSON.stringify(change)}\n`;
}

export async function follow(req, res) {
  const feed = new Readable({ objectMode: true, read() {} });
  feed.push({ connected: true });
  try {
    await pipeline(feed, lines, res);
  } catch (err) {
    console.error(err);
  }
}
