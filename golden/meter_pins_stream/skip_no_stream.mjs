export function watch(queue, other) {
  setInterval(() => console.log(queue.writableLength), 1000);
  setInterval(() => console.log(process.stdout.writableLength), 1000);
  setInterval(() => console.log(other.length), 1000);
}
