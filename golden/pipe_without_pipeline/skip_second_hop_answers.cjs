const fs = require('fs');
const stream = require('stream');

module.exports = (req, res) => {
  const source = fs.createReadStream('cover.png');
  const ps = new stream.PassThrough();
  stream.pipeline(source, ps, (err) => {
    if (err) res.sendStatus(500);
  });
  return ps.pipe(res);
};
