export function packed(text) {
  const bytes = Buffer.allocUnsafe(text.length * 3);
  bytes.write(text);
  return bytes.toString('base64');
}
