export function cost(work) {
  const before = process.memoryUsage().heapUsed;
  work();
  return process.memoryUsage().heapUsed - before;
}

export class Grown {
  start = process.memoryUsage().heapTotal;
  since() {
    return process.memoryUsage().heapUsed - this.start;
  }
}
