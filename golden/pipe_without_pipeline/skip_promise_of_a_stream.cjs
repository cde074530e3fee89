const fs = require('fs');
const { PassThrough } = require('stream');

exports.open = (name) =>
  new Promise((resolve, reject) => {
    const body = new PassThrough();
    const file = fs.createReadStream(name);
    file.on('open', () => resolve(body));
    file.pipe(body);
    body.on('error', reject);
  });
