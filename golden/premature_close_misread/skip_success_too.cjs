const fs = require('fs');
const { pipeline } = require('stream');

exports.one = (req, res, next) => {
  pipeline(fs.createReadStream(process.env.FILE), res, (err) => {
    if (err?.code !== 'ERR_STREAM_PREMATURE_CLOSE') next(err);
  });
};
