// One scenario on one side: load, run, settle, measure, write one JSON file, exit.
//
//   node child.mjs '{"proof", "subject", "index", "directory", "result"}'
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { Kit } from './kit.mjs';
import { readProof } from './proof.mjs';
import { stands } from './settle.mjs';
import { startWatching } from './watch.mjs';

const RUN_LIMIT = 6000; // ms that `run` itself may take without anything moving
const DEADLINE = 1500; // ms to become quiet after it

const job = JSON.parse(process.argv[2]);

// Stdio made now is not taken for the subject's, and an empty event loop must not end the process
// (with exit code 0, as if all were well) before the verdict.
void process.stdout;
void process.stderr;
new MessageChannel().port1.on('message', () => {});

const report = { settled: 'broken', unhandledRejections: 0, uncaughtExceptions: 0, error: null };
let kit = null;

// A monitor only looks: what would crash still crashes, with its own exit code.
process.on('uncaughtExceptionMonitor', (error, origin) => {
  if (origin === 'unhandledRejection') report.unhandledRejections += 1;
  else report.uncaughtExceptions += 1;
  report.error ??= told(error);
});
process.on('exit', (code) => {
  const measured = kit ? kit.measure() : {};
  fs.writeFileSync(job.result, JSON.stringify({ ...measured, ...report, exit: code }));
});

function told(error) {
  return error?.code ? `${error.code}: ${error.message}` : String(error?.stack ?? error);
}

const scenario = (await readProof(job.proof)).scenarios[job.index];
const url = pathToFileURL(job.subject);
kit = new Kit(job.directory, { still: scenario.still, subject: url.href });
const load = () => import(url);
const subject = scenario.script ? load : await load();

startWatching();
report.settled = 'crash'; // unless we come to the end
const run = Promise.resolve()
  .then(() => scenario.run(subject, kit))
  .then(() => 'ok', (error) => {
    report.error ??= told(error);
    return 'broken';
  });
const stood = stands(() => kit.look().signature, scenario.limit ?? RUN_LIMIT).then(() => 'hang');
const settled = await Promise.race([run, stood]);
report.quiet = await kit.quiet(scenario.deadline ?? DEADLINE);
report.settled = settled === 'ok' && kit.measure().pending > 0 ? 'hang' : settled;
process.exit();
