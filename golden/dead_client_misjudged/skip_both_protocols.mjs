import { createSecureServer } from 'node:http2';

createSecureServer({ allowHTTP1: true }, async (req, res) => {
  const found = await lookup(req.url);
  if (req.destroyed) return;
  res.end(found);
}).listen(8443);

async function lookup(url) {
  return url;
}
