import http from 'node:http';
import { once } from 'node:events';
import { events } from './events.mjs';

http.createServer(async (req, res) => {
  feed: for await (const event of events) {
    switch (event.kind) {
      case 'skip':
        continue feed;
      default:
        if (!res.write(event.text)) await once(res, 'drain');
    }
  }
  for await (const event of events) {
    switch (event.kind) {
      case 'late':
        if (!res.write(event.text)) {
          await once(res, 'drain');
        }
    }
  }
  res.end();
}).listen(8080);
