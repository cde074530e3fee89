const fs = require('fs');

module.exports = (from, to, metrics) => new Promise((resolve, reject) => {
  const reader = fs.createReadStream(from);
  const gunzip = require('zlib').createGunzip();
  const writer = fs.createWriteStream(to);
  gunzip.on('error', () => { metrics.corrupt += 1; resolve(false); });
  writer.on('error', reject).on('close', () => resolve(true));
  reader.pipe(gunzip).pipe(writer);
});
