import express from 'express';
import { createGzip } from 'node:zlib';

express().get('/rows', async (req, res) => {
  const gzip = createGzip();
  gzip.pipe(res);
  for await (const row of req.app.locals.db.rows()) {
    gzip.write(row);
  }
  gzip.end();
});
