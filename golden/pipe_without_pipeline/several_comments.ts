import * as fs from 'node:fs';

export function copy(from: string, to: string, mode: number): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const reader = fs.createReadStream(from);
    const writer = fs.createWriteStream(to, { mode });

    let finished = false;
    const finish = (error?: Error) => {
      if (finished) return;
      finished = true;
      if (error) return reject(error);
      fs.chmod(to, mode, (error) => (error ? reject(error) : resolve()));
    };

    // handle errors properly
    reader.once('error', (error) => finish(error));
    writer.once('error', (error) => finish(error));

    // we are done: the descriptor is closed
    writer.once('close', () => finish());

    // start
    reader.pipe(writer);
  });
}
