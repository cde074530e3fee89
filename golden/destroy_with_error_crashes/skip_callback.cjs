const fs = require('fs');
const { pipeline } = require('stream');
const promises = require('stream/promises');

exports.download = (req, res) => {
  const source = fs.createReadStream(process.env.FILE);
  pipeline(source, res, (err) => {
    if (err) source.destroy(err);
  });
};

exports.upload = async (req, to) => {
  try {
    await promises.pipeline(req, fs.createWriteStream(to));
  } catch (err) {
    req.destroy(err);
  }
};
