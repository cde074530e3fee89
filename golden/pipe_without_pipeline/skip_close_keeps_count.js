const fs = require('fs');

// The file's stream closes after a failure too, and the count must go down then as well.
function extract(entries, out, events) {
  let pending = entries.length;
  for (const entry of entries) {
    const file = fs.createWriteStream(`${out}/${entry.path}`);
    file.on('close', () => {
      pending -= 1;
      if (pending === 0) events.emit('close');
    });
    file.on('error', (err) => events.emit('error', err));
    entry.stream.pipe(file);
  }
}

module.exports = { extract };
