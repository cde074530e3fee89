import * as fs from 'fs';

export async function backup(path: string): Promise<void> {
  const from = fs.createReadStream(path);
  const to = fs.createWriteStream(`${path}.bak`);
  from.on('end', () => to.end());
  from.on('data', (chunk: Buffer) => to.write(chunk)); // as it comes
}
