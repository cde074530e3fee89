import { finished } from 'node:stream/promises';

export async function all(source, requests) {
  for await (const request of requests) {
    await finished(source);
    request();
  }
}
