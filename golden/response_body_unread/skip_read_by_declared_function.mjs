import http from 'node:http';

export function later(url, done) {
  http.get(url, (res) => {
    setImmediate(read);

    function read() {
      let length = 0;
      res.on('data', (chunk) => { length += chunk.length; });
      res.on('end', () => done(null, length));
    }
  }).on('error', done);
}

export function refused(url, ready, done) {
  http.get(url, async (res) => {
    await ready();
    if (res.statusCode !== 200) return fail();
    done(null, await text());

    async function fail() {
      await ready();
      done(new Error(await text()));
    }

    async function text() {
      let body = '';
      for await (const chunk of res) body += chunk;
      return body;
    }
  }).on('error', done);
}
