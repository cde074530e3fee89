const fs = require('fs');

module.exports = async (req, res) => {
  (await openStore(req.url)).pipe(res);
};

async function openStore(name) {
  return fs.createReadStream(name);
}
