const pool = exports;

pool.take = function take(size) {
  return Buffer.allocUnsafe(size);
};
pool.takeUnsafe = (size) => Buffer.allocUnsafe(size);
