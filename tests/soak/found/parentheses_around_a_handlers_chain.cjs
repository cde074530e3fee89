const fs = require('fs');

exports.send = (req, res) => {
  (fs.createReadStream('a').pipe(res));
};
