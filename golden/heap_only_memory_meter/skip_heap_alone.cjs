module.exports.sample = () => {
  const memory = process.memoryUsage();
  return { megabytes: Math.round(memory.heapUsed / 1048576) };
};

module.exports.line = () => {
  const { heapUsed } = process.memoryUsage();
  return `heap: ${heapUsed} bytes of ${process.memoryUsage.name}`;
};
