import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const lines = () => new Transform({
  writableObjectMode: true,
  transform(row, encoding, callback) {
    callback(null, `${JSON.stringify(row)}
`);
  },
});

export const exporter = (pool) => async (req, res) => {
  const client = await pool.connect();
  // The next one in the queue waits for this.
  res.on('close', () => client.release());
  const rows = client.createReadStream(`
    select *
  `);
  res.setHeader('content-type', 'application/x-ndjson');
  await pipeline(
    rows,
    lines(),
    res,
  );
};
