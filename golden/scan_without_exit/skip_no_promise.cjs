const fs = require('fs');

exports.contains = (file, word, done) => {
  const stream = fs.createReadStream(file, 'utf8');
  let found = false;
  stream.on('data', (chunk) => {
    if (chunk.includes(word)) found = true;
  });
  stream.on('end', () => done(null, found));
};
