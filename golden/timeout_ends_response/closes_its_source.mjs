import { pipeline } from 'node:stream/promises';
import { query } from './db.mjs';

async function* lines(source) {
  for await (const row of source) yield `${await render(row)}\n`;
}

const render = async (row) => JSON.stringify(row);

export async function rows(req, res) {
  const source = query(req.url);
  const timer = setTimeout(() => res.end(), 10_000);
  try {
    await pipeline(source, lines, res);
    console.log('sent', req.url);
  } catch (err) {
    source.destroy();
    console.error(err);
  } finally {
    clearTimeout(timer);
    console.log('done', req.url);
  }
}
