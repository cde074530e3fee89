import fs from 'node:fs';

/** Copies a finished report to where everybody reads it. */
export function publish(report: string, published: string): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const source = fs.createReadStream(report);
    const target = fs.createWriteStream(published);
    source.on('error', reject);
    source.pipe(target).on('finish', resolve).on('error', reject);
  });
}
