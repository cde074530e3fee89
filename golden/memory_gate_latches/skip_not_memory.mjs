export function feed(rss, res) {
  if (rss.items.length > 100) res.status(503).end();
  if (rss.size > 5) res.status(503).end();
}
