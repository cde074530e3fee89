// The caller's part, in a process whose stdout is a pipe: it takes a failure for what it is, says
// a last word, and tells by its exit code when the file is still open.
const caller = (name, last) => `
  import fs from 'node:fs';
  const name = ${JSON.stringify(name)};
  await Promise.resolve(subject.show(name)).catch((err) => console.error(err.code));
  await new Promise((resolve) => setTimeout(resolve, 300));
  ${last}
  const fds = fs.existsSync('/proc/self/fd') ? fs.readdirSync('/proc/self/fd') : [];
  const open = fds.some((fd) => {
    try { return fs.readlinkSync('/proc/self/fd/' + fd) === name; } catch { return false; }
  });
  process.exitCode = open ? 10 : 0;
`;
const LAST = 'the last word\n';

const show = (file, { last = `console.log('the last word');`, ...options } = {}) =>
  async (subject, kit) => {
    kit.metric('shown', () => kit.stdout.length);
    kit.metric('lastWord', () => kit.stdout.endsWith(LAST));
    await kit.process(caller(file(kit), last), options);
  };

const SIZE = 1 << 20;
const whole = { shown: SIZE + LAST.length, lastWord: true };

export default {
  claim: 'what cannot be shown is a rejection, and what is logged afterwards still appears',
  scenarios: [
    {
      name: 'source is missing',
      fault: 'ENOENT; the caller logs a last word',
      run: show((kit) => kit.path('none')),
      before: { settled: 'crash', exit: 1, lastWord: false },
      after: { lastWord: true },
    },
    {
      name: 'the reader of the output leaves',
      fault: 'as with `| head`: the pipe is closed after 20 kB of 64 MB',
      run: show((kit) => kit.file('big', 64 << 20), { leaveAfter: 20000, last: '' }),
      before: { settled: 'crash', exit: 1 },
    },
    {
      name: 'no fault',
      fault: 'none; the caller logs a last word',
      run: show((kit) => kit.file('text', 'x'.repeat(SIZE))),
      before: { settled: 'ok', exit: 0, ...whole },
      after: whole,
    },
  ],
};
