const fs = require('fs');

const copy = async (a, b) => {
  await new Promise((resolve, reject) => {
    fs.createReadStream(a).on('error', reject).pipe(fs.createWriteStream(b)).on('finish', resolve).on('error', reject);
  });
};

const append = async (a, b) => {
  await new Promise((resolve, reject) => {
    fs.createReadStream(a).on('error', reject).pipe(fs.createWriteStream(b, { flags: 'a' })).on('finish', resolve).on('error', reject);
  });
};

module.exports = { copy, append };
