const fs = require('fs');

// The request is what is read here: when it closes early, so must the file.
module.exports = (req, res) => {
  const file = fs.createWriteStream(process.env.UPLOAD);
  req.pipe(file);
  req.on('close', () => file.destroy());
  file.on('finish', () => res.end('stored'));
};
