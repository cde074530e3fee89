// A report that takes a query, asked for by POST. The query ends after the body was read.
import { once } from 'node:events';
import http from 'node:http';

const answered = (leave) => async (subject, kit) => {
  const app = kit.express4();
  let written = 0;
  subject.default.locals.query = async () => {
    await queried;
    return [{ total: 1 }];
  };
  let done;
  const queried = new Promise((resolve) => {
    done = resolve;
  });
  const { port } = await kit.serve(
    app.use((req, res, next) => {
      const { json } = res;
      res.json = (rows) => {
        written += 1;
        return json.call(res, rows);
      };
      // The body is parsed in the same turn; the client leaves before the query ends.
      if (leave) res.once('close', done);
      else setTimeout(done, 50);
      next();
    }).use(subject.default),
  );
  kit.metric('written', () => written);
  const request = http.request({ port, path: '/report', method: 'POST', agent: false });
  request.setHeader('Content-Type', 'application/json');
  request.on('error', () => {});
  request.end('{"of":"may"}');
  if (leave) {
    setTimeout(() => request.destroy(), 50);
    await queried;
    return;
  }
  const [response] = await once(request, 'response');
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk;
  kit.metric('body', body);
};

export default {
  claim: 'a client that waits gets its report, and one that has left gets none',
  scenarios: [
    {
      name: 'client waits',
      fault: 'none: the body of its POST was read',
      run: answered(false),
      before: { written: 0, body: '' },
      after: { written: 1, body: '[{"total":1}]' },
    },
    {
      name: 'client leaves',
      fault: 'the client destroys its socket during the query',
      run: answered(true),
      before: { settled: 'ok', written: 0 },
      after: { written: 0 },
    },
  ],
};
