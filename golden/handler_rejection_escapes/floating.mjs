import fs from 'node:fs';
import { createServer } from 'node:http';
import { pipeline } from 'node:stream/promises';

export const serve = (file, served) =>
  createServer((req, res) => {
    const source = fs.createReadStream(file);
    void pipeline(source, res);
    served();
  });
