import fs from 'node:fs';
import http from 'node:http';

http.createServer((req, res) => {
  let page: fs.ReadStream | null = null;
  try {
    page = fs.createReadStream('page.html');
  } finally {
    res.setHeader('x-page', 'page.html');
  }
  page.pipe(res);
});
