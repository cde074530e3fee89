const fs = require('fs');

exports.replace = (from, to) => {
  const target = fs.createReadStream(from).pipe(fs.createWriteStream(`${to}.part`));
  target.on('error', console.error);
  target.on('close', () => fs.renameSync(`${to}.part`, to));
};
