import { finished } from 'node:stream/promises';

export async function all(source, requests, options) {
  for await (const request of requests) {
    await finished(source, options);
    request();
  }
}
