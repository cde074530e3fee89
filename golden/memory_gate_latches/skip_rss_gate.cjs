const LIMIT = 300e6;

module.exports = (req, res) => {
  if (process.memoryUsage().rss > LIMIT) {
    res.writeHead(503, { 'Retry-After': '5' });
    res.end();
    return;
  }
  res.end('ok');
};
