import { randomFillSync } from 'node:crypto';

export const zeros = (size) => Buffer.allocUnsafe(size).fill(0);

export function nonce() {
  const bytes = Buffer.allocUnsafe(24);
  randomFillSync(bytes);
  return bytes;
}

export function joined(parts, size) {
  const all = Buffer.allocUnsafe(size);
  let at = 0;
  for (const part of parts) at += part.copy(all, at);
  return all;
}

export function masked(source, mask) {
  const target = Buffer.allocUnsafe(source.length);
  for (let i = 0; i < source.length; i += 1) target[i] = source[i] ^ mask[i & 3];
  return target;
}

export function head(size, kind) {
  const bytes = Buffer.allocUnsafe(5);
  bytes.writeUInt32BE(size, 0);
  bytes[4] = kind;
  return bytes;
}

export const nothing = () => Buffer.allocUnsafe(0);
