const zlib = require('zlib');

/**
 * @param {import('stream').Readable} packed what to unpack
 * @param {number} limit the most bytes it may have
 * @return {Promise<Buffer>}
 */
exports.unpacked = function unpacked(packed, limit) {
  const parts = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    packed
      .pipe(zlib.createGunzip())
      .on('data', (part) => {
        size += part.length;
        if (size > limit) reject(new Error('too large'));
        else parts.push(part);
      })
      .on('end', () => resolve(Buffer.concat(parts)))
      .on('error', reject);
  });
};
