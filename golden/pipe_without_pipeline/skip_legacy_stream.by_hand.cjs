const fs = require('fs');
const { Transform, pipeline } = require('stream');

function number(file) {
  let line = 0;
  const numbered = new Transform({
    transform(chunk, encoding, callback) {
      callback(null, ++line + chunk);
    },
  });
  return pipeline(fs.createReadStream(file), numbered, (err) => {
    if (err) console.error(err);
  });
}

module.exports = number;
