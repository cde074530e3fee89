const { PassThrough } = require('stream');
const { pipeline } = require('stream/promises');

async function* upper(source) {
  for await (const chunk of source) yield String(chunk).toUpperCase();
}

module.exports = async (req, res) => {
  const feed = new PassThrough();
  feed.write('connected\n');
  try {
    await pipeline(feed, upper, res);
  } catch (err) {
    if (err.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw err;
  }
};
