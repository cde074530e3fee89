const express = require('express');
const { PassThrough } = require('stream');
const { pipeline } = require('stream/promises');

const app = express();

async function* upper(source) {
  for await (const chunk of source) yield String(chunk).toUpperCase();
}

app.get('/awaited', async (req, res) => {
  await pipeline(new PassThrough(), upper, res);
});

app.get('/thrown', async (req, res) => {
  try {
    await pipeline(new PassThrough(), upper, res);
  } catch (err) {
    console.error(err);
    throw err;
  }
});

app.get('/left', (req, res) => {
  pipeline(new PassThrough(), upper, res);
});

module.exports = app;
