const fs = require('node:fs');
const http = require('node:http');

// The client may leave while the handler waits: the promise never settles then. It must not be
// rejected instead, for nobody would take that, and the process would end.
http.createServer(async (req, res) => {
  await authorized(req);
  const source = fs.createReadStream('file.bin');
  await new Promise((resolve, reject) => {
    source.on('error', reject);
    res.on('close', resolve);
    source.pipe(res);
  });
}).listen(8080);
