import fs from 'node:fs';
import http from 'node:http';

export default {
  claim: 'the branch that reads nothing leaves the connection free, the other one its file',
  scenarios: [
    {
      name: 'not found',
      fault: 'the server answers 404',
      async run({ default: load }, kit) {
        http.globalAgent.maxSockets = 2;
        let asked = 0;
        kit.metric('asked', () => asked);
        const { port } = await kit.serve((req, res) => {
          asked += 1;
          res.statusCode = 404;
          res.end('gone\n');
        });
        load(`http://127.0.0.1:${port}/`, kit.path('to.txt'));
      },
      before: { asked: 2 },
      after: { asked: 3 },
    },
    {
      name: 'success',
      fault: 'none',
      async run({ default: load }, kit) {
        const to = kit.path('to.txt');
        kit.metric('written', () => fs.existsSync(to) && fs.readFileSync(to, 'utf8'));
        const { port } = await kit.serve((req, res) => res.end('well'));
        load(`http://127.0.0.1:${port}/`, to);
      },
      before: { written: 'well', openFds: 0 },
      after: { written: 'well' },
    },
  ],
};
