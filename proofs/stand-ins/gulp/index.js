// Stands in for gulp 5. True to it: files are objects that go through streams, and `dest()` gives
// them on but also runs where nobody takes them. Left out: globs (one folder with a star), options.
const fs = require('fs');
const path = require('path');
const { Readable, Transform } = require('stream');

exports.src = (glob) => {
  const folder = path.dirname(glob);
  const files = fs.readdirSync(folder).sort().map((relative) => ({
    relative,
    contents: fs.readFileSync(path.join(folder, relative)),
  }));
  return Readable.from(files);
};

exports.dest = (folder) => {
  const stream = new Transform({
    objectMode: true,
    transform(file, encoding, callback) {
      const target = path.join(folder, file.relative);
      fs.mkdir(folder, { recursive: true }, () =>
        fs.writeFile(target, file.contents, (err) => callback(err, file)));
    },
  });
  process.nextTick(() => {
    if (!stream.readableFlowing && stream.listenerCount('readable') === 0) stream.resume();
  });
  return stream;
};
