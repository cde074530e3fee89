const { Transform } = require('node:stream');
module.exports = new Transform({
  transform(chunk, enc, cb) {
    const text = chunk.toString();
    if (!valid(text)) cb(new Error('bad'));
    if (text === '') return;
    cb(null, text);
  },
});
function valid(t) { return t.length > 1; }
