const fs = require('fs');

module.exports = async (req, res) => {
  try {
    const name = await find(req.url);
    if (!name) {
      res.statusCode = 404;
      res.end();
    } else if (name.endsWith('.html')) {
      const page = fs.createReadStream(name);
      page.pipe(res);
      page.on('open', () => console.log(req.url));
    } else {
      res.end();
    }
  } catch (err) {
    console.error(err);
    res.statusCode = 500;
    res.end('broken');
  }
};
