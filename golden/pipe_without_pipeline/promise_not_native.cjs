const Promise = require('bluebird');
const fs = require('fs');

module.exports = function copy(from, to) {
  return new Promise((resolve, reject) => {
    fs.createReadStream(from).on('error', reject).pipe(fs.createWriteStream(to)).on('finish', resolve).on('error', reject);
  }).timeout(1000);
};
