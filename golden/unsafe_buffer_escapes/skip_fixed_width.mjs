// A code of four letters, and a digest whose length its encoding tells.
export function chunk(code, digest) {
  const name = Buffer.allocUnsafe(4);
  name.write(code);
  const sum = Buffer.allocUnsafe(32);
  sum.write(digest, 'hex');
  return Buffer.concat([name, sum]);
}
