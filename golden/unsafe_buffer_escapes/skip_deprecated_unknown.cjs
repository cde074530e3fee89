// A number in the JSON of a request makes a buffer of as many bytes.
module.exports = (req, res) => {
  res.end(new Buffer(req.body.name));
};
module.exports.sized = (size) => new Buffer(size);
