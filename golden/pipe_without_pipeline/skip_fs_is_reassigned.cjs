let fs = require('fs');

if (process.env.MOCK) fs = require('./mock-fs');

module.exports = (from, to) => new Promise((resolve, reject) => {
  fs.open(from).pipe(fs.save(to)).on('finish', resolve).on('error', reject);
});
