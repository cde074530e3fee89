// What allocUnsafe ignores would be what Buffer.alloc fills with.
const http = require('http');

const sizes = [10, 20];
http.createServer((req, res) => {
  const body = Buffer.allocUnsafe(10, 'utf8');
  res.write(body);
  res.end(Buffer.allocUnsafe(...sizes));
});
