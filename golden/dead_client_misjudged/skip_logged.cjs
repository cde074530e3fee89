const { createServer } = require('http');

createServer((req, res) => {
  console.log({ aborted: req.aborted, destroyed: req.destroyed });
  res.end();
}).listen(8080);
