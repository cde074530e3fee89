//#head

/** Items that may be neither in the source nor with the reader. */ //#items
const READ_AHEAD = ITEMS / 4; //#items
 //#items
/** Milliseconds without a move after which it is taken to wait, and to hang; turns at least. */
const QUIET = 250;
const PATIENCE = 2_000;
const TURNS = 50;

/** Start the producer, to be read a chunk at a time. */
async function start() {
  const run = { read: [], largest: 0 };
  run.items = source(); //#items
  run.stream = await produce(); //#alone
  run.stream = await produce(run.items); //#items
  const { stream } = run; //#alone
  assert.ok(stream?.readableHighWaterMark, 'what it returned is not a readable of Node'); //#alone
  const push = stream.push; //#alone
  stream.push = (chunk, ...rest) => { //#alone
    const size = stream.readableObjectMode ? 1 : (chunk?.length ?? 0); //#alone
    run.largest = Math.max(run.largest, size); //#alone
    return push.call(stream, chunk, ...rest); //#alone
  }; //#alone
  run.chunks = run.stream[Symbol.asyncIterator]();
  return run;
}

/** The next chunk, or false when there is none. */
async function next(run) {
  const reading = run.chunks.next();
  let settled = false;
  const settle = () => (settled = true);
  reading.then(settle, settle);
  await until(() => settled, run, PATIENCE);
  assert.ok(settled, `it gave nothing for ${PATIENCE} ms`);
  const { done, value } = await reading;
  if (!done) run.read.push(value);
  return !done;
}

/** What has moved so far. */
const moves = (run) => run.items.pulled; //#items
const moves = ({ stream }) => stream.readableLength + (stream.writableLength ?? 0); //#alone

/** Wait for `reached()`; false when nothing had moved for so many milliseconds before it came. */
async function until(reached, run, milliseconds) {
  let moved = moves(run);
  let since = performance.now();
  let turns = 0;
  while (!reached()) {
    await (turns < TURNS ? setImmediate() : setTimeout(1));
    turns += 1; // a busy machine may spend all the time on one of them
    if (moves(run) !== moved) {
      moved = moves(run);
      since = performance.now();
      turns = 0;
    } else if (performance.now() - since > milliseconds && turns > TURNS) {
      return false;
    }
  }
  return true;
}

/** Read a few chunks, and no more: what it holds now is what it always may hold. */
async function stuck() {
  const run = await start();
  for (let count = 0; count < 3; count += 1) await next(run);
  await until(() => false, run, QUIET);
  return run;
}

/** All that was read, whatever the chunks were. */
function whole(read) {
  const bytes = read.every((chunk) => typeof chunk === 'string' || chunk instanceof Uint8Array);
  return bytes ? Buffer.concat(read.map((chunk) => Buffer.from(chunk))).toString('latin1') : read;
}

/** All that it gives to a reader who never stops. */
async function everything() {
  const run = await start();
  while (await next(run));
  const { pulled } = run.items; //#items
  assert.equal(pulled, ITEMS, `to be judged it must read all ${ITEMS} items`); //#items
  const size = whole(run.read).length; //#alone
  const mark = run.stream.readableHighWaterMark + Math.max(run.largest, SLACK); //#alone
  assert.ok(size > 2 * mark, `it gave ${size}; to be judged it must give more than ${2 * mark}`); //#alone
  return whole(run.read);
}

test('a reader who reads on: it gives enough, and ends', everything);

test('a reader who stops: it stops too', async () => {
  const total = (await everything()).length; //#items
  const run = await stuck();
  const { stream } = run;
  const { pulled } = run.items; //#items
  const ready = Math.min(stream.readableLength ?? 0, stream.readableHighWaterMark ?? 0); //#items
  const given = Math.ceil((ITEMS * (whole(run.read).length + ready)) / total); //#items
  assert.ok( //#items
    pulled - given <= READ_AHEAD, //#items
    `it took ${pulled} items from its source, and gave ${given}: it keeps the others`, //#items
  ); //#items
  const extra = Math.max(run.largest, SLACK); //#alone
  const readable = stream.readableHighWaterMark + extra; //#alone
  assert.ok( //#alone
    stream.readableLength <= readable, //#alone
    `${stream.readableLength} lay in it unread, ${readable} may: push() said false, and it went on`, //#alone
  ); //#alone
  const writable = (stream.writableHighWaterMark ?? 0) + extra; //#alone
  assert.ok( //#alone
    (stream.writableLength ?? 0) <= writable, //#alone
    `${stream.writableLength} were written to it unread, ${writable} may: write() said false`, //#alone
  ); //#alone
});

test('a reader who stops and goes on: all arrives, in order', async () => {
  const expected = await everything();
  const run = await stuck();
  while (await next(run));
  assert.deepEqual(whole(run.read), expected);
});

test('a reader who goes away: nothing stays open', async () => {
  const run = await stuck();
  let closed = false;
  if (run.stream.destroy) run.stream.destroy();
  else run.chunks.return().then(() => (closed = true));
  await until(() => closed || run.stream.closed, run, PATIENCE);
  assert.ok(closed || run.stream.closed, 'its reader is gone, and it did not close');
  await until(() => run.items.destroyed, run, PATIENCE); //#items
  assert.ok(run.items.destroyed, 'its reader is gone, and its source is still open'); //#items
});
