const fs = require('fs');

// In an async function this would be no name any more.
function copy(from, to, await) {
  return new Promise((resolve, reject) => {
    const output = fs.createWriteStream(to);
    output.on('error', reject);
    output.on('finish', resolve);
    fs.createReadStream(from).on('error', reject).pipe(output);
  });
await }

module.exports = { copy };
