const { SlowBuffer } = require('buffer');

module.exports.blank = (res) => {
  const blank = new SlowBuffer(16);
  res.send(blank);
};
