const zlib = require('zlib');

/**
 * @param {object} packed what to unpack
 * @return {Promise<Buffer>}
 */
exports.unpacked = function unpacked(packed) {
  const parts = [];
  return new Promise((resolve, reject) => {
    packed
      .pipe(zlib.createGunzip())
      .on('data', (part) => parts.push(part))
      .on('end', () => resolve(Buffer.concat(parts)))
      .on('error', reject);
  });
};
