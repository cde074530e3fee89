// Stands in for gulp-rename 2. True to it: an argument that it does not understand is an error of
// the stream, with the first file.
const { Transform } = require('stream');

module.exports = (to) => new Transform({
  objectMode: true,
  transform(file, encoding, callback) {
    if (typeof to !== 'string') callback(new Error('Unsupported renaming parameter type supplied'));
    else callback(null, { ...file, relative: to });
  },
});
