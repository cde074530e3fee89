import domain from 'node:domain';
import { finished } from 'node:stream';

// How gulp runs a task: a stream or a promise tells when it is done, and a domain hears what
// nobody else does.
const run = (task) => new Promise((resolve, reject) => {
  const heard = domain.create();
  heard.on('error', reject);
  const result = heard.run(task);
  if (typeof result.then === 'function') result.then(resolve, reject);
  else finished(result.resume(), { writable: false }, (err) => (err ? reject(err) : resolve()));
});

const task = (to) => async (subject, kit) => {
  for (const name of ['a', 'b', 'c']) kit.file(`pages/${name}`, name);
  process.env.PAGES = kit.path('pages', '*');
  process.env.OUT = kit.path('out');
  kit.metric('made', () => kit.size(kit.path('out', 'page')));
  const ended = kit.track(run(() => subject.copy(to)));
  await ended.settled;
  kit.metric('reason', ended.value?.message ?? null);
};

export default {
  claim: 'the task fails with the error of the plugin, and no stage of it is left',
  scenarios: [
    {
      name: 'a plugin fails',
      fault: 'it does not understand its argument',
      run: task(42),
      before: { rejected: 1, undestroyed: '>0' },
      after: { rejected: 1, reason: 'Unsupported renaming parameter type supplied' },
    },
    {
      name: 'no fault',
      fault: 'none',
      run: task('page'),
      before: { fulfilled: 1, undestroyed: 0, made: 1 },
      after: { fulfilled: 1, made: 1 },
    },
  ],
};
