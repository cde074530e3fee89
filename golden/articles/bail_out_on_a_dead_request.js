const express = require('express');
const { pipeline } = require('node:stream/promises');
const db = require('./db');

const app = express();
app.use(express.json());

app.post('/report', async (req, res, next) => {
  const filter = await db.compile(req.body);
  if (req.destroyed) return res.end();
  const rows = db.stream(filter);
  try {
    await pipeline(rows, res);
  } catch (err) {
    rows.destroy();
    if (res.errored !== null) next(err);
  }
});
