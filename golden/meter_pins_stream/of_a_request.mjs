import { createServer } from 'node:http';

createServer((req, res) => {
  setInterval(() => console.log(res.writableLength), 1000);
  req.pipe(res);
});
