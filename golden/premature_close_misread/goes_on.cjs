const fs = require('fs');
const { pipeline } = require('stream');

exports.send = (req, res, done) => {
  pipeline(fs.createReadStream(process.env.FILE), res, (err) => {
    if (err) {
      if (err.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
      console.error(err);
    }
    done(req.id);
  });
};
