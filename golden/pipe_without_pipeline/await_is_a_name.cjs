const fs = require('fs');

exports.copy = async (from, to) => {
  await new Promise(function (resolve, reject) {
    const await = fs.createReadStream(from);
    await.on('error', reject);
    await.pipe(fs.createWriteStream(to)).on('finish', resolve).on('error', reject);
  });
};
