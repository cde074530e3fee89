import http from 'node:http';
import { json } from 'node:stream/consumers';

export function all(url, log, sink) {
  http.get(url, (res) => res.pipe(sink));
  http.get(url, (res) => res.resume());
  http.get(url, (res) => res.on('data', log).on('end', log));
  http.get(url, (res) => res.on('end', log).on('data', log));
  http.get(url, async (res) => log(await json(res)));
  http.get(url, async (res) => {
    for await (const chunk of res) log(chunk);
  });
  http.get(url, (res) => {
    if (res.statusCode !== 200) {
      res.resume();
      return log(res.statusCode);
    }
    res.pipe(sink);
  });
  http.get(url, (res) => {
    let body = '';
    if (res.statusCode === 404) body = 'none';
    else log(res.headers);
    res.on('readable', () => log(body, res.read()));
  });
}
