import fs from 'node:fs';
import http from 'node:http';

http.createServer(async (req, res) => {
  let page = null;

  try {
    const file = await fs.promises.open('page.html');
    page = file.createReadStream();
  } catch {
    res.statusCode = 404;
    res.end();
    return;
  }

  page.pipe(res);
});
