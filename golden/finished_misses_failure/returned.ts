import { createReadStream } from 'fs';
import { promises as streams } from 'stream';

interface Lock {
  release(): void;
}

export const hash = (lock: Lock, path: string): Promise<void> => {
  const source = createReadStream(path);
  source.resume();
  return streams.finished(source).then(() => {
    lock.release();
  });
};

export const drained = (lock: Lock, path: string) => {
  const source = createReadStream(path);
  source.resume();
  return streams.finished(source, { writable: false }).then(() => lock.release(), null);
};
