const fs = require('fs');
const { pipeline } = require('stream/promises');

module.exports.answers = (req, res) => {
  setTimeout(() => {
    res.statusCode = 504;
    res.end();
  }, 1000);
  fs.createReadStream(process.env.REPORT).pipe(res);
};

module.exports.says = (req, res) => {
  setTimeout(() => res.end('\n-- too late --\n'), 1000);
  pipeline(fs.createReadStream(process.env.REPORT), res).catch(console.error);
};
