module.exports = (size) => (Buffer.alloc ? Buffer.alloc(size) : new Buffer(size));
module.exports.text = (text) => new Buffer(text, 'utf8');
