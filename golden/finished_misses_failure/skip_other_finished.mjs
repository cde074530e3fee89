import { finished } from 'node:stream';
import { finished as done } from './jobs.mjs';

export function all(job, stream, release) {
  finished(stream, release);
  done(job).then(release);
  job.finished(stream).then(release);
  Promise.resolve(job).then(release);
}
