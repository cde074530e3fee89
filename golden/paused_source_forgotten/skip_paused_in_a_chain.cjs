const fs = require('fs');

exports.copy = function (source, path, done) {
  const sink = fs.createWriteStream(path);
  source
    .on('data', function (chunk) {
      if (sink.write(chunk) === false) source.pause();
    })
    .on('end', () => sink.end(done))
    .on('error', done);
  sink.on('drain', goOn).on('error', done);

  function goOn() {
    source.resume();
  }
};
