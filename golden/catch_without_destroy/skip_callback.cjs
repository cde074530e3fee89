const fs = require('fs');
const { pipeline } = require('stream');

exports.download = async (req, res, next) => {
  await exports.allowed(req);
  const source = fs.createReadStream(process.env.FILE);
  // Where the promise rejects, this form throws, and never calls back.
  pipeline(source, res, (err) => {
    if (err) next(err);
  });
};
