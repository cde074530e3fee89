// Two clients send their names at the same time and read what comes back. Then a third one does.
import http from 'node:http';

const talk = ({ port }, word) =>
  new Promise((resolve) => {
    let got = '';
    const req = http.request({ port, host: '127.0.0.1', method: 'POST', agent: false }, (res) => {
      res.on('data', (chunk) => (got += chunk));
      res.on('close', () => resolve(got));
    });
    req.on('error', () => resolve(got));
    let sent = 0;
    const timer = setInterval(() => {
      req.write(`${word} `);
      if ((sent += 1) < 10) return;
      clearInterval(timer);
      req.end();
    }, 5);
    setTimeout(() => req.destroy(), 1500).unref();
  });

const foreign = (got, word) => got.replaceAll(`${word} `, '').length;

export default {
  claim: 'what one client sends comes back to that client alone',
  scenarios: [
    {
      name: 'two clients at a time',
      fault: 'their requests overlap',
      async run(subject, kit) {
        const server = await kit.serve(subject.server);
        const [alice, bob] = await Promise.all([talk(server, 'alice'), talk(server, 'bob')]);
        kit.metric('mixed', foreign(alice, 'alice') + foreign(bob, 'bob'));
      },
      before: { mixed: '>0', settled: ['ok', 'hang'], undestroyed: '>=0' },
      after: { mixed: 0, logged: 0 },
    },
    {
      name: 'one client after the other',
      fault: 'the second comes when the first is done',
      async run(subject, kit) {
        const server = await kit.serve(subject.server);
        kit.metric('first', (await talk(server, 'alice')).length);
        kit.metric('second', (await talk(server, 'carol')).length);
      },
      before: {
        '<24': { first: 60, second: 0, settled: ['ok', 'hang'], undestroyed: '>=0' },
        '>=24': { settled: 'crash', exit: 1, uncaughtExceptions: 1 },
      },
      after: { first: 60, second: 60 },
    },
  ],
};
