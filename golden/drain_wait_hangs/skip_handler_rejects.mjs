import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import express from 'express';

express().post('/', async (req, res) => {
  const out = createWriteStream('upload');
  for await (const chunk of req) {
    if (!out.write(chunk)) await once(out, 'drain');
  }
  out.end(() => res.end());
});
