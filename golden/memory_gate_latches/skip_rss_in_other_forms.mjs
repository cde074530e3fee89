const limit = Number(process.env.MAX_RSS);

export function health(req, res) {
  const { rss } = process.memoryUsage();
  const megabytes = rss / 1048576;
  const overloaded = megabytes >= limit;
  res.statusCode = overloaded ? 503 : 200;
  res.end();
}

export const ready = (req, res) => {
  res.status(process.memoryUsage.rss() < limit * 1024 ? 200 : 503).end();
};
