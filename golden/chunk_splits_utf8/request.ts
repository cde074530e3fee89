import { createServer } from 'node:http';

export const server = createServer((req, res) => {
  const parts: string[] = [];
  req.on('data', (chunk: Buffer) => parts.push(chunk.toString('utf8'))).on('end', () => {
    res.end(JSON.stringify(parts.join('')));
  });
});
