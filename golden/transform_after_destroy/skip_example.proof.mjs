import { setImmediate } from 'node:timers/promises';

const words = Array.from({ length: 100 }, (_, n) => `word${n}`).join(' ');

const works = (destroyed) => async (subject, kit) => {
  let done = 0;
  const stage = subject.fetched(async (word) => {
    if (destroyed && done === 0) stage.destroy();
    await setImmediate();
    done += 1;
    return word;
  });
  stage.resume();
  stage.end(words);
  kit.track(new Promise((closed) => stage.on('close', closed)));
  kit.metric('done', () => done);
};

export default {
  claim: 'a stage that has been destroyed does no more than the work it was at',
  scenarios: [
    {
      name: 'destroyed in the middle',
      fault: 'destroy() during the first of 100 pieces of work',
      run: works(true),
      before: { fulfilled: 1, done: 100 },
      after: { fulfilled: 1, done: 1 },
    },
    {
      name: 'no fault',
      fault: 'none',
      run: works(false),
      before: { fulfilled: 1, done: 100 },
      after: { fulfilled: 1, done: 100 },
    },
  ],
};
