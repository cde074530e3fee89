export function tell(log) {
  const memory = process.memoryUsage();
  log('memory', memory);
  return memory.heapUsed;
}
