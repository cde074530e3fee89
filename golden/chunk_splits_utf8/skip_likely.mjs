export function parser(req, res, next) {
  let xml = '';
  req.on('data', (chunk) => (xml += chunk));
  req.on('end', () => {
    req.body = xml;
    next();
  });
}
