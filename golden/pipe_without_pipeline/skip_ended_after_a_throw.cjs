const fs = require('fs');

module.exports = async (req, res, packed) => {
  try {
    const page = fs.createReadStream(process.env.PAGE);
    page.pipe(res);
    await packed();
  } catch (err) {
    console.error(err);
    res.end();
  }
};
