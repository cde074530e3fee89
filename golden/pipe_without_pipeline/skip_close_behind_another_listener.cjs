const fs = require('fs');

module.exports = function replace(from, to) {
  const target = fs.createWriteStream(`${to}.part`);
  target.on('open', () => console.log(to)).on('close', () => fs.renameSync(`${to}.part`, to));
  fs.createReadStream(from).pipe(target);
};
