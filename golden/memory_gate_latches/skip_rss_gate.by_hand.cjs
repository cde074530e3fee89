const LIMIT = 300e6;

module.exports = (req, res) => {
  const { heapUsed, external } = process.memoryUsage();
  if (heapUsed + external > LIMIT) {
    res.writeHead(503, { 'Retry-After': '5' });
    res.end();
    return;
  }
  res.end('ok');
};
