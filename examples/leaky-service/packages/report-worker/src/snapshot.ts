import fs from 'node:fs';

/** Keeps yesterday's report beside today's. */
export function snapshot(report: string, copy: string): Promise<void> {
  return new Promise((resolve) => {
    fs.createReadStream(report)
      .pipe(fs.createWriteStream(copy))
      .on('close', () => resolve());
  });
}
