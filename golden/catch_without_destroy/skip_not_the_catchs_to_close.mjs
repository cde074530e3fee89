import { pipeline } from 'node:stream/promises';

export async function echo(req, res) {
  await req.session.load();
  try {
    await pipeline(req, res);
  } catch (err) {
    console.error(err);
  }
}

export async function terminal(req, res) {
  await req.session.load();
  const input = process.stdin;
  try {
    await pipeline(input, res);
  } catch (err) {
    console.error(err);
  }
}

export class Export {
  async send(req, res) {
    await req.session.load();
    try {
      await pipeline(this.rows, res);
    } catch (err) {
      console.error(err);
    }
  }
}
