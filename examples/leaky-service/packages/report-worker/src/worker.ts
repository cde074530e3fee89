import fs from 'node:fs';
import path from 'node:path';

import { publish } from './publish.ts';
import { type Order, writeReport } from './report.ts';
import { rotate } from './rotate.ts';
import { snapshot } from './snapshot.ts';

export { publish, rotate, snapshot, writeReport };

export interface Job {
  orders: Iterable<Order>;
  workDir: string;
  publicDir: string;
}

/** One night's work: write the report, keep yesterday's, publish today's, rotate the log. */
export async function nightly({ orders, workDir, publicDir }: Job): Promise<number> {
  const report = path.join(workDir, 'report.txt');
  const published = path.join(publicDir, 'report.txt');
  const log = path.join(workDir, 'worker.log');

  const count = await writeReport(orders, report);
  if (fs.existsSync(published)) {
    await snapshot(published, path.join(publicDir, 'report.previous.txt'));
  }
  await publish(report, published);

  fs.writeFileSync(log, `${count} orders\n`);
  await rotate(log);
  return count;
}
