const { pipeline } = require('node:stream/promises');
const { query } = require('./db.js');

module.exports = async function rows(req, res) {
  const ac = new AbortController();
  const signal = ac.signal;
  res.once('close', () => {
    console.log('closed', req.url);
    ac.abort();
  });
  await pipeline(query(req.url), async function* (source) {
    for await (const row of source) yield JSON.stringify(row);
  }, res, { signal });
};
