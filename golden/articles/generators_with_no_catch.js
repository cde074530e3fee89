const fs = require('node:fs');
const express = require('express');
const { pipeline } = require('node:stream/promises');

const app = express();

async function* upper(chunks) {
  for await (const chunk of chunks) yield chunk.toString('latin1').toUpperCase();
}

app.get('/export', async (req, res) => {
  const ac = new AbortController();
  res.on('close', () => ac.abort());
  const source = fs.createReadStream('export.csv');
  await pipeline(source, upper, res, { signal: ac.signal });
});
