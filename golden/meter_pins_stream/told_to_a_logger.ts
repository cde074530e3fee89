import { createGzip } from 'node:zlib';
import { logger } from './logger.js';

export function zipped() {
  const gzip = createGzip();
  const timer = setInterval(() => {
    const waiting = gzip.writableLength;
    if (waiting > 65536) logger.warn('gzip is slow', { waiting });
  }, 1000);
  timer.unref();
  return gzip;
}
