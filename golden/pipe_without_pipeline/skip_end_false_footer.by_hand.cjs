const fs = require('fs');
const { pipeline } = require('stream/promises');

module.exports = async (req, res) => {
  const page = fs.createReadStream(process.env.PAGE);
  res.write('<main>');
  try {
    await pipeline(page, res, { end: false });
    res.end('</main>');
  } catch (err) {
    page.destroy();
    if (!res.destroyed) console.error(err);
    res.destroy();
  }
};
