const fs = require('fs');

module.exports = (req, res) => {
  req.pipe(fs.createWriteStream(process.env.UPLOAD)).on('close', () => {
    res.statusCode = 201;
    res.end('saved');
  });
};
