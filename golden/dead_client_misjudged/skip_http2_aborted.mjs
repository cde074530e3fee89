import { createServer } from 'node:http2';

// On HTTP/2 `aborted` tells right.
createServer(async (req, res) => {
  const found = await lookup(req.url);
  if (req.aborted) return;
  res.end(found);
}).listen(8443);

async function lookup(url) {
  return url;
}
