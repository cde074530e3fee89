import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';

export const download = (pool) => async (req, res) => {
  const client = await pool.connect();
  res.on('close', () => client.release());
  await pipeline(fs.createReadStream('.' + req.url), res);
  await client.query('insert into served values (1)');
};

export const either = (pool) => async (req, res) => {
  const client = await pool.connect();
  res.on('close', () => client.release());
  if (req.method === 'GET') {
    await pipeline(fs.createReadStream('.' + req.url), res);
  } else {
    client.answer(res);
  }
};

export const inline = (pool) => (req, res) => {
  const client = pool.take();
  res.on('close', () => client.release());
  pipeline(fs.createReadStream(client.pathOf(req.url)), res).catch(console.error);
};
