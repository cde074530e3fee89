const http = require('node:http');
const { pipeline } = require('node:stream/promises');
const { Pool } = require('pg');
const QueryStream = require('pg-query-stream');
const { createGzip } = require('node:zlib');

const pool = new Pool();

http.createServer(async (req, res) => {
  const connection = await pool.connect();
  res.on('close', () => connection.release());
  const rows = new QueryStream('select * from big');
  connection.query(rows);
  try {
    await pipeline(rows, createGzip(), res);
  } catch (err) {
    rows.destroy();
    if (res.errored !== null) console.error(err);
  }
});
