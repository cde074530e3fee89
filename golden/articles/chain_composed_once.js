import { compose } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import express from 'express';
import { database } from './database.js';

async function* csv(rows) {
  for await (const row of rows) yield `${Object.values(row).join(';')}\n`;
}

const exported = compose(csv, createGzip());
const app = express();

app.get('/orders.csv.gz', async (req, res) => {
  const orders = database.collection('orders').find().stream();
  try {
    await pipeline(orders, exported, res);
  } catch (err) {
    orders.destroy();
    console.error('export failed', err);
  }
});

app.listen(3000);
