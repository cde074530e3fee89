// Some files are written and closed. Then nothing is to do any more.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const collect = async () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc');
  for (let i = 0; i < 5; i += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    gc();
  }
};

export default {
  claim: 'a meter keeps neither its stream nor the process',
  scenarios: [
    {
      name: 'five files are done',
      fault: 'the streams have finished and closed',
      async run(subject, kit) {
        const { log } = console;
        let told = 0;
        console.log = () => (told += 1);
        const timers = () => process.getActiveResourcesInfo().filter((it) => it === 'Timeout').length;
        const already = timers();
        const opened = [];
        for (let i = 0; i < 5; i += 1) {
          const out = subject.open(kit.path(`out${i}`));
          opened.push(new WeakRef(out));
          await new Promise((resolve) => out.end('all of it').once('close', resolve));
        }
        kit.metric('keepsProcess', timers() - already);
        await collect();
        kit.metric('held', opened.filter((it) => it.deref()).length);
        const then = told;
        await new Promise((resolve) => setTimeout(resolve, 200));
        kit.metric('toldSince', told - then);
        console.log = log;
      },
      before: { keepsProcess: 5, held: '>0', toldSince: '>0' },
      after: { keepsProcess: 0, toldSince: 0 },
    },
  ],
};
