const busboy = require('busboy');

module.exports = (req) => new Promise((resolve, reject) => {
  const form = busboy({ headers: req.headers, limits: { files: 1 } });
  let settled = false;
  let upload;
  const fail = (err) => {
    if (settled) return;
    settled = true;
    reject(err);
  };
  form.on('file', (name, file, info) => {
    const chunks = [];
    file.on('data', (chunk) => chunks.push(chunk));
    file.on('limit', () => fail(new Error('too large')));
    file.on('close', () => { upload = { name: info.filename, data: Buffer.concat(chunks) }; });
    file.on('error', fail);
  });
  form.on('close', () => {
    if (settled) return;
    settled = true;
    resolve(upload);
  });
  form.on('error', fail);
  req.pipe(form);
});
