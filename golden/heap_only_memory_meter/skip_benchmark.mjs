export const megabytes = () => process.memoryUsage().heapUsed / 1048576;
