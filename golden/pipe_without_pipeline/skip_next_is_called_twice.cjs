const fs = require('fs');

module.exports = (req, res, next) => {
  const page = fs.createReadStream(process.env.PAGE);
  page.on('error', next);
  page.on('close', () => next());
  page.pipe(res);
};
