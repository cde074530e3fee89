const fs = require('fs');

exports.copy = function (from, to, callback) {
  const source = fs.createReadStream(from);
  const sink = fs.createWriteStream(to);
  source.on('error', callback);
  sink.on('error', callback);
  sink.on('finish', () => callback(null, to));
  source.on('data', function (chunk) {
    sink.write(chunk);
  });
  source.on('end', function () {
    sink.end();
  });
};
