const megabytes = (bytes) => Math.round(bytes / 1048576);

module.exports.sample = () => {
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  return {
    megabytes: megabytes(heapUsed),
    external: megabytes(external),
    arrayBuffers: megabytes(arrayBuffers),
    rss: megabytes(rss),
  };
};

module.exports.line = () => {
  const { heapUsed, external } = process.memoryUsage();
  return `heap: ${heapUsed} bytes, outside of it: ${external} bytes`;
};
