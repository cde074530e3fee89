import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';

// To end an event stream now and then is how it is done: the client comes back.
export function events(req, res) {
  res.setHeader('Content-Type', 'text/event-stream');
  const feed = new PassThrough();
  setTimeout(() => res.end(), 60_000);
  pipeline(feed, res).catch(console.error);
}
