const busboy = require('busboy');

module.exports = (req) => new Promise((resolve, reject) => {
  const form = busboy({ headers: req.headers });
  form.on('file', (name, file) => resolve(file));
  form.on('error', reject);
  req.pipe(form);
});
