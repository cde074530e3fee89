import fs from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

export async function copy(from, to) {
  const source = fs.createReadStream(from);
  try {
    await mkdir('out');
    await pipeline(source, fs.createWriteStream(to));
  } catch (err) {
    console.error(err);
  }
}

export async function copyNamed(source, to) {
  const file = fs.createWriteStream(to);
  try {
    await pipeline(source, file);
  } catch (err) {
    throw new Error(`cannot write ${to}`, { cause: err });
  }
}

async function into(from, destination) {
  const source = fs.createReadStream(from);
  try {
    await pipeline(source, destination);
  } catch (err) {
    console.error(err);
  }
}

await into('a', fs.createWriteStream('b'));
