const fs = require('fs');
const rfs = require('rotating-file-stream');

exports.append = (name) => {
  const log = rfs.createStream('all.log', { interval: '1d' });
  fs.createReadStream(name).pipe(log);
};
