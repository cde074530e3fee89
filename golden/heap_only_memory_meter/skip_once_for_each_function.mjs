export function tell(log) {
  const used = process.memoryUsage();
  log(used.heapUsed / 1024);
  log(used.heapUsed / used.heapTotal);
  if (used.heapUsed > 1e9) log('much');
}

setInterval(() => {
  console.log(process.memoryUsage().heapUsed);
}, 1000).unref();
