const { PassThrough } = require('stream');

exports.joined = function joined(upload) {
  const near = new PassThrough();
  const far = new PassThrough();
  if (upload) {
    near.pipe(far);
  } else {
    far.pipe(near);
  }
  return { near, far };
};
