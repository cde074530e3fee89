/** Tells a browser every `interval` ms how many uploads there have been. */
export function events(res, counters, interval) {
  res.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-cache',
    Connection: 'keep-alive',
  });
  res.write(`data: ${JSON.stringify(counters)}\n\n`);
  setInterval(() => {
    res.write(`data: ${JSON.stringify(counters)}\n\n`);
  }, interval);
}
