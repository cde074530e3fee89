const { pipeline } = require('stream/promises');
const { query } = require('./db.js');

async function* lines(source) {
  for await (const row of source) yield `${row}\n`;
}

module.exports = async (req, res) => {
  const ac = new AbortController();
  res.on('close', () => ac.abort());
  await pipeline(query(req.url), lines, res, { signal: ac.signal });
};
