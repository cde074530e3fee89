const fs = require('fs');
const https = require('https');

module.exports = function download(url, to) {
  const file = fs.createWriteStream(to);
  https.get(url, (response) => {
    response.pipe(file);
  });
};
