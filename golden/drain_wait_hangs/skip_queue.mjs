import async from 'async';
import { EventEmitter, once } from 'node:events';

export async function work(jobs) {
  const queue = async.queue((job, done) => job(done), 4);
  queue.push(jobs);
  await queue.drain();

  const pool = new EventEmitter();
  for (const job of jobs) pool.emit('job', job);
  await once(pool, 'drain');
  await new Promise((resolve) => pool.once('drain', resolve));
}
