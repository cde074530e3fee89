// A record of 64 bytes: the name, padded to its place.
export function record(name) {
  const bytes = Buffer.allocUnsafe(64);
  bytes.writeUInt32BE(name.length, 0);
  bytes.write(name, 4);
  return bytes;
}
