export function gate(limit, res) {
  const { heapUsed, external, rss } = process.memoryUsage();
  console.log(rss);
  if (heapUsed + external > limit) res.status(503).end();
}
