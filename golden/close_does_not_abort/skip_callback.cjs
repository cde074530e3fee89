const { PassThrough, pipeline } = require('stream');

async function* upper(source) {
  for await (const chunk of source) yield String(chunk).toUpperCase();
}

module.exports = (req, res) => {
  const feed = new PassThrough();
  pipeline(feed, upper, res, (err) => {
    if (err) console.error(err);
  });
};
