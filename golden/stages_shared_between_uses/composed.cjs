const { compose, pipeline } = require('node:stream');
const { createGzip } = require('node:zlib');
const express = require('express');

async function* format(rows) {
  for await (const row of rows) yield `${row.join(',')}\n`;
}

const csvExporter = compose(format, createGzip());
const app = express();

app.get('/export', (req, res) => {
  pipeline(req.app.locals.rows(), csvExporter, res, () => {});
});

module.exports = app;
