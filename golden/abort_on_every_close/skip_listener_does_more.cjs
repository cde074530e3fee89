const fs = require('fs');
const { release } = require('./slots.js');

module.exports = (req, res) => {
  const file = fs.createReadStream(process.env.REPORT);
  req.on('close', () => {
    release(req);
    file.destroy();
  });
  file.pipe(res);
};
