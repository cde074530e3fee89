export async function serveZip(req, res, next) {
  const zip = await next.pack(req.url);
  if (req.aborted) return;
  res.writeHead(200);
  res.end(zip);
}
