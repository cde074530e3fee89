import express from 'express';
import { createWriteStream } from 'node:fs';

express().post('/export', async (req, res) => {
  const out = createWriteStream('/tmp/export');
  for await (const row of req.app.locals.db.rows()) {
    out.write(row);
  }
  out.end();
  res.sendStatus(202);
});
