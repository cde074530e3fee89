// The caller's part, in a process whose stdout is a pipe: a failed log is no reason to end.
const caller = (log) => `
  await Promise.resolve(subject.default('ls', ${JSON.stringify(log)})).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 300));
  console.log('the last word');
`;

const run = (prepare) => async (subject, kit) => {
  const log = kit.path('log');
  kit.file('listed', '');
  prepare(kit, log);
  kit.metric('lastWord', () => kit.stdout.endsWith('the last word\n'));
  kit.metric('recorded', () => kit.size(log));
  await kit.process(caller(log));
};

export default {
  claim: 'a log that cannot be written is a rejection, and stdout is there for what comes later',
  scenarios: [
    {
      name: 'log cannot be opened',
      fault: 'its path is a folder: EISDIR; the caller logs a last word',
      run: run((kit, log) => kit.folder(log)),
      before: { settled: 'crash', exit: 1, lastWord: false },
      after: { lastWord: true },
    },
    {
      name: 'no fault',
      fault: 'none; the caller logs a last word',
      run: run(() => {}),
      before: { settled: 'ok', exit: 0, lastWord: true, recorded: '>0' },
      after: { lastWord: true, recorded: '>0' },
    },
  ],
};
