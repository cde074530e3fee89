function Buffer(size) {
  this.size = size;
}
Buffer.allocUnsafe = (size) => new Buffer(size);

module.exports = () => Buffer.allocUnsafe(8);
module.exports.made = new Buffer(8);
