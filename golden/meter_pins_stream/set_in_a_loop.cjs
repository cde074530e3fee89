const fs = require('fs');

async function copy(parts, write) {
  const out = fs.createWriteStream('copy.txt');
  for (const part of parts) {
    setInterval(() => console.log(out.bytesWritten), 1000);
    await write(out, part);
  }
}

module.exports = copy;
