const fs = require('fs');

module.exports = (req, res) => {
  const page = fs.createReadStream(process.env.PAGE);
  res.write('<main>');
  page.pipe(res, { end: false });
  page.on('end', () => res.end('</main>'));
};
