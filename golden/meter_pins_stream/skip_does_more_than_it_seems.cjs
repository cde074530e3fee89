const fs = require('fs');

module.exports = (room) => {
  const out = fs.createWriteStream('copy.txt');
  setInterval(() => console.log(room.join(out.bytesWritten)), 1000);
  return out;
};
