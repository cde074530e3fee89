const fs = require('fs');
const https = require('https');

module.exports = (url, to) => new Promise((resolve, reject) => {
  https.get(url, (res) => {
    res.pipe(fs.createWriteStream(to)).on('finish', resolve).on('error', reject);
  });
});
