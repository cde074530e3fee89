// Stands in for through 2 (streams of the first kind, with no state). True to it: `queue(null)`
// ends, `pause()` holds what is queued, `destroy()` takes no error and says 'close', and a stage
// that has ended closes by itself.
const { Stream } = require('stream');

module.exports = function through(write, end) {
  const stream = new Stream();
  const queued = [];
  let closed = false;
  Object.assign(stream, { readable: true, writable: true, paused: false });

  const flow = () => {
    while (queued.length > 0 && !stream.paused) {
      const data = queued.shift();
      if (data !== null) stream.emit('data', data);
      else stream.emit('end');
    }
  };
  stream.queue = (data) => {
    queued.push(data);
    flow();
    return stream;
  };
  stream.write = (data) => {
    if (write) write.call(stream, data);
    else stream.queue(data);
    return !stream.paused;
  };
  stream.end = () => {
    if (!stream.writable) return;
    stream.writable = false;
    if (end) end.call(stream);
    else stream.queue(null);
  };
  stream.on('end', () => {
    stream.readable = false;
    process.nextTick(stream.destroy);
  });
  stream.pause = () => {
    stream.paused = true;
  };
  stream.resume = () => {
    stream.paused = false;
    flow();
    if (!stream.paused) stream.emit('drain');
  };
  stream.destroy = () => {
    if (closed) return;
    closed = true;
    queued.length = 0;
    stream.readable = stream.writable = false;
    stream.emit('close');
  };
  return stream;
};
