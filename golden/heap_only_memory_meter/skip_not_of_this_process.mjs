export const heap = (worker) => worker.usage().heapUsed;
export const shown = ({ heapUsed }) => `${heapUsed}`;
const process = { memoryUsage: () => ({ heapUsed: 1 }) };
export const own = process.memoryUsage().heapUsed;
