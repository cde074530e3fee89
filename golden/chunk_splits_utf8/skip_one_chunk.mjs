export function asked(done) {
  process.stdin.once('data', (chunk) => done(chunk.toString()));
}
