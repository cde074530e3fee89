const busboy = require('busboy');

module.exports = (req, store) => new Promise((resolve, reject) => {
  const form = busboy({ headers: req.headers });
  form.on('file', (name, file) => {
    file.on('error', reject);
    store(name, file);
  });
  form.on('close', resolve);
  form.on('error', reject);
  req.pipe(form);
});
