const pool = exports;

pool.take = function take(size) {
  return Buffer.alloc(size);
};
pool.takeUnsafe = (size) => Buffer.allocUnsafe(size);
