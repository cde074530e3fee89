const fs = require('fs');

module.exports = (req, res) => {
  const file = fs.createWriteStream(process.env.UPLOAD);
  file.on('error', (err) => {
    res.statusCode = 507;
    res.end(err.message);
  });
  file.on('finish', () => res.end('saved'));
  req.pipe(file);
};
