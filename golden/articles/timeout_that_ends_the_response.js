const express = require('express');
const { pipeline } = require('node:stream/promises');
const { query } = require('./db');

const app = express();

app.get('/slow', async (req, res) => {
  const source = query('select * from big').stream();
  const timer = setTimeout(() => res.end(), 30000);
  try {
    await pipeline(source, res);
  } catch (err) {
    source.destroy();
    if (res.errored !== null) console.error(err);
  } finally {
    clearTimeout(timer);
  }
});
