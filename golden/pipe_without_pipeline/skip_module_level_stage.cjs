const fs = require('fs');

const log = fs.createWriteStream('/var/log/uploads');

module.exports = (name) => {
  fs.createReadStream(name).pipe(log);
};
