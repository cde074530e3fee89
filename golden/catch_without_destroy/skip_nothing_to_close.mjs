import { pipeline } from 'node:stream/promises';

async function* rows(db) {
  for await (const row of db) yield JSON.stringify(row);
}

export async function generated(req, res) {
  const lines = rows(await req.db());
  try {
    await pipeline(lines, res);
  } catch (err) {
    console.error(err);
  }
}

export async function listed(req, res) {
  const lines = ['a', await req.text()];
  try {
    await pipeline(lines, res);
  } catch (err) {
    console.error(err);
  }
}

export async function proxied(req, res) {
  const answer = await fetch(process.env.UPSTREAM);
  const body = answer.body;
  try {
    await pipeline(body, res);
  } catch (err) {
    console.error(err);
  }
}
