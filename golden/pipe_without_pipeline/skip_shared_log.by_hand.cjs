const fs = require('fs');
const { pipeline } = require('stream/promises');

const log = fs.createWriteStream(process.env.LOG);

exports.add = async (name) => {
  const source = fs.createReadStream(name);
  try {
    await pipeline(source, log, { end: false });
  } finally {
    source.destroy();
  }
};
exports.say = (line) => log.write(line);
