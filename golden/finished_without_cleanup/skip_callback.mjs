import { finished } from 'node:stream';
import { finished as done } from './jobs.mjs';

export async function all(source, requests) {
  for await (const request of requests) {
    const cleanup = finished(source, () => cleanup());
    await done(source);
    request();
  }
}
