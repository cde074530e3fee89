const fs = require('fs');

const open = async (path) => {
  await fs.promises.mkdir('out', { recursive: true });
  return fs.createWriteStream(path);
};

exports.save = async (from, path) => {
  const out = await open(path);
  await new Promise((resolve, reject) => {
    fs.createReadStream(from).pipe(out).on('finish', resolve).on('error', reject);
  });
};
