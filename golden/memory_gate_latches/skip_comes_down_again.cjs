// Other numbers decide as well, or the process starts anew.
const limit = 5e8;

exports.both = (req, res) => {
  const { rss, heapUsed } = process.memoryUsage();
  if (rss > limit && heapUsed > limit / 2) res.writeHead(503).end();
};

exports.another = (req, res, full) => {
  if (process.memoryUsage().rss > limit) console.warn('high');
  else if (full) res.writeHead(503).end();
};

exports.called = (req, res, handle) => {
  if (process.memoryUsage().rss < limit) {
    handle(req, (error) => {
      if (error) res.writeHead(503).end();
    });
  }
};

exports.restarts = (req, res) => {
  if (process.memoryUsage().rss > limit) {
    res.writeHead(503).end();
    process.exit(1);
  }
};
