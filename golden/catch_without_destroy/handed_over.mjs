import http from 'node:http';
import { pipeline } from 'node:stream/promises';

export const proxy = http.createServer((request, response) => {
  const onResponse = async (upstream) => {
    try {
      response.writeHead(upstream.statusCode, upstream.headers);
      await pipeline(upstream, response);
    } catch {
      // The client left.
    }
  };
  http.get(`${process.env.UPSTREAM}${request.url}`, onResponse);
});
