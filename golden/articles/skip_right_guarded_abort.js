const http = require('node:http');
const { pipeline } = require('node:stream/promises');
const { open } = require('./db');

async function* lines(rows) {
  for await (const row of rows) yield JSON.stringify(row) + '\n';
}

http.createServer(async (req, res) => {
  const ac = new AbortController();
  res.once('close', () => {
    if (!res.writableFinished) ac.abort();
  });
  const cursor = open();
  try {
    await pipeline(cursor, lines, res, { signal: ac.signal });
  } catch (err) {
    cursor.destroy();
    if (!ac.signal.aborted) console.error(err);
  }
});
