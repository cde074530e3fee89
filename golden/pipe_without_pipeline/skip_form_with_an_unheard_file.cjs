const busboy = require('busboy');

module.exports = (req) => new Promise((resolve, reject) => {
  const form = busboy({ headers: req.headers });
  form.on('file', (name, file) => file.resume());
  form.on('close', resolve);
  form.on('error', reject);
  req.pipe(form);
});
