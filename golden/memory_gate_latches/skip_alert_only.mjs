export function watch(limit, res) {
  if (process.memoryUsage().rss > limit) console.warn('much memory');
  if (!res.writable) res.statusCode = 503;
}
