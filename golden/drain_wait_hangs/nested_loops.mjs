import { once } from 'node:events';
import express from 'express';
import { tables } from './tables.mjs';

const app = express();

app.get('/dump', async (req, res) => {
  for (const table of tables) {
    res.write(`# ${table.name}\n`);
    for await (const row of table.rows()) {
      if (!res.write(row)) await once(res, 'drain');
    }
  }
  res.end();
});

app.get('/tables', async (req, res) => {
  for (const table of tables) {
    if (!res.write(table.name)) await once(res, 'drain');
  }
  res.end();
});
