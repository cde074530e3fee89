const duplexify = require('./');
const concat = require('concat-stream');
const fs = require('fs');
const test = require('tape');

// What a `.pipe` does with it is what is tested.
test('reads', (t) => {
  const stream = duplexify(null, fs.createReadStream(__filename));
  stream.pipe(concat(() => t.end()));
  fs.createReadStream(__filename).pipe(stream);
});
