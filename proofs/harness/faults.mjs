// One function a fault. Each really happens to the stream it is given; none only pretends.
//
// `after` counts the bytes (objects in object mode) that passed before the fault strikes; 0 means
// with the first one.

export class Fault extends Error {
  constructor(what) {
    super(what);
    this.code = 'E_PROOF';
  }
}

const sizeOf = (chunk) => chunk?.length ?? 1;

/** Calls `call` once, when `after` bytes came out of (a readable) or went into (a writable) it. */
export function afterBytes(stream, after, call) {
  let passed = 0;
  let struck = false;
  const count = (chunk) => {
    passed += sizeOf(chunk);
    if (struck || passed < after) return;
    struck = true;
    // Not inside push or write: there no program can be interrupted either.
    setImmediate(() => call(stream));
  };
  if (typeof stream.push === 'function') {
    const push = stream.push;
    stream.push = function (chunk, ...rest) {
      if (chunk != null) count(chunk);
      return push.call(this, chunk, ...rest);
    };
  } else {
    interceptWrites(stream, (chunk, proceed) => {
      count(chunk);
      proceed();
    });
  }
}

// `_writev` of many buffered chunks would pass a wrapped `_write` unseen.
function interceptWrites(stream, intercept) {
  const write = stream._write;
  stream._writev = null;
  stream._write = function (chunk, encoding, callback) {
    intercept(chunk, (...result) =>
      result.length > 0 ? callback(...result) : write.call(this, chunk, encoding, callback),
    );
  };
}

/** The stream dies of an error: a disk that fails, a database that closes the connection. */
export function fails(stream, { after = 0 } = {}) {
  afterBytes(stream, after, () => stream.destroy(new Fault('the stream failed')));
}

/**
 * The stream is destroyed without an error: it emits nothing but 'close'. A writable dies between
 * two writes, because a file destroyed in the middle of one does say ERR_STREAM_DESTROYED.
 */
export function dies(stream, { after = 0 } = {}) {
  if (typeof stream.push === 'function') {
    afterBytes(stream, after, () => stream.destroy());
    return;
  }
  const write = stream._write;
  let passed = 0;
  stream._writev = null;
  stream._write = function (chunk, encoding, callback) {
    passed += sizeOf(chunk);
    write.call(this, chunk, encoding, (...result) => {
      callback(...result);
      if (passed >= after && stream.writableLength === 0) stream.destroy();
    });
  };
}

/** Somebody ends the writable while others still write. */
export function ends(stream, { after = 0 } = {}) {
  afterBytes(stream, after, () => stream.end());
}

/** The destination answers a write with an error. */
export function writeFails(stream, { after = 0 } = {}) {
  let passed = 0;
  interceptWrites(stream, (chunk, proceed) => {
    passed += sizeOf(chunk);
    if (passed < after) proceed();
    else setImmediate(proceed, new Fault('the write failed'));
  });
}

/** A transform stage fails: `how` is 'callback' or 'throw'. */
export function stageFails(stream, { after = 0, how = 'callback' } = {}) {
  const transform = stream._transform;
  let passed = 0;
  stream._transform = function (chunk, encoding, callback) {
    passed += sizeOf(chunk);
    if (passed < after) transform.call(this, chunk, encoding, callback);
    else if (how === 'throw') throw new Fault('the stage threw');
    else callback(new Fault('the stage failed'));
  };
}

/** Calls `call` once, right after the first write that returned false: somebody waits for drain. */
export function whenFull(stream, call) {
  const write = stream.write;
  let full = false;
  stream.write = function (...args) {
    const more = write.apply(this, args);
    if (more === false && !full) {
      full = true;
      setImmediate(() => call(stream));
    }
    return more;
  };
}

/** Dead before anything starts; resolves when the stream has said 'close'. */
export function dead(stream) {
  return new Promise((resolve) => {
    stream.once('close', () => resolve(stream));
    stream.destroy();
  });
}
