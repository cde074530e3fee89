const http = require('node:http');
const { pipeline } = require('node:stream/promises');
const pool = require('./pool');

http.createServer(async (req, res) => {
  const connection = await pool.connect();
  res.on('close', () => connection.release());
  const rows = connection.query('select * from big').stream();
  try {
    await pipeline(rows, res);
  } catch (err) {
    rows.destroy();
    if (res.errored !== null) console.error(err);
  }
});
