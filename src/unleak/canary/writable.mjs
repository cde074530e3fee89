//#head

/** Items that a sink takes before its write() says false. */
const HIGH_WATER_MARK = 4;
const BOUND = HIGH_WATER_MARK + SLACK;

/** Milliseconds without a write after which it is taken to wait, and to hang; turns at least. */
const QUIET = 250;
const PATIENCE = 2_000;
const TURNS = 50;

/** A sink that takes an item only when it is told to, and knows how full it was. */
class Gate extends Writable {
  held = null;
  peak = 0;
  writes = 0;
  received = [];

  constructor({ open }) {
    super({ objectMode: true, highWaterMark: HIGH_WATER_MARK });
    this.open = open;
  }

  write(...given) {
    const more = super.write(...given);
    this.writes += 1;
    this.peak = Math.max(this.peak, this.writableLength);
    return more;
  }

  _write(item, encoding, callback) {
    this.received.push(item);
    if (this.open) callback();
    else this.held = callback;
  }

  release() {
    const callback = this.held;
    this.held = null;
    callback?.();
  }
}

/** Start the producer. One that returns no promise has ended when its sink has. */
function start(sink) {
  const run = { settled: false, promised: false, error: null };
  run.items = source(); //#items
  const settle = (error) => {
    run.settled = true;
    run.error ??= error;
  };
  sink.on('error', settle);
  const returned = produce(sink); //#alone
  const returned = produce(sink, run.items); //#items
  run.promised = typeof returned?.then === 'function';
  if (run.promised) returned.then(() => settle(), settle);
  else sink.once('finish', () => settle());
  return run;
}

/** Wait for `reached()`; false when nothing was written for so many milliseconds before it came. */
async function until(reached, sink, milliseconds) {
  let writes = sink.writes;
  let since = performance.now();
  let turns = 0;
  while (!reached()) {
    await (turns < TURNS ? setImmediate() : setTimeout(1));
    turns += 1; // a busy machine may spend all the time on one of them
    if (sink.writes !== writes) {
      writes = sink.writes;
      since = performance.now();
      turns = 0;
    } else if (performance.now() - since > milliseconds && turns > TURNS) {
      return false;
    }
  }
  return true;
}

/** Let a sink that takes nothing fill up, and see whether more is written all the same. */
async function fill(sink, run) {
  await until(() => run.settled || sink.writableNeedDrain, sink, PATIENCE);
  await until(() => run.settled || sink.peak > BOUND, sink, QUIET);
}

/** All that it writes to a sink that takes everything. */
async function everything() {
  const sink = new Gate({ open: true });
  const run = start(sink);
  const ended = await until(() => run.settled, sink, PATIENCE);
  assert.ifError(run.error);
  assert.ok(ended || !run.promised, 'it did not end, though its sink took everything');
  const count = sink.received.length;
  assert.ok(count > BOUND, `it wrote ${count} items; to be judged it must write more than ${BOUND}`);
  return sink.received;
}

test('a sink that takes everything: it writes enough, and ends', everything);

test('a sink that is stuck: it stops writing, and waits', async () => {
  const sink = new Gate({ open: false });
  const run = start(sink);
  await fill(sink, run);
  assert.ifError(run.error);
  assert.ok(
    sink.peak <= BOUND,
    `at least ${sink.peak} items lay in a sink that took none, ${BOUND} may: write() said false, and it went on`,
  );
  assert.ok(!run.settled, 'it ended, though its sink has taken nothing yet');
});

test('a sink that takes one item at a time: all arrive, in order', async () => {
  const expected = await everything();
  const sink = new Gate({ open: false });
  const run = start(sink);
  const next = () => sink.held || (run.settled && !sink.writableLength);
  while (await until(next, sink, run.promised ? PATIENCE : QUIET)) {
    if (!sink.held) break;
    sink.release();
  }
  assert.ifError(run.error);
  assert.deepEqual(sink.received.length, expected.length, 'it did not go on when its sink drained');
  assert.deepEqual(sink.received, expected);
  assert.ok(run.settled || !run.promised, 'all has arrived, and it did not end');
});

test('a sink that goes away: it does not wait for a drain that never comes', async (t) => { //#alone
test('a sink that goes away: it does not wait for a drain that never comes', async () => { //#items
  const sink = new Gate({ open: false });
  const run = start(sink);
  await fill(sink, run);
  const { writes } = sink;
  sink.destroy();
  await until(() => run.settled, sink, run.promised ? PATIENCE : QUIET);
  if (run.promised) assert.ok(run.settled, 'its sink is gone, and it still waits');
  else t.diagnostic('it returns no promise: whether it stops cannot be seen'); //#alone
  const more = sink.writes - writes;
  assert.ok(more <= SLACK, `its sink is gone, and it wrote ${more} more items`);
  await until(() => run.items.destroyed, sink, PATIENCE); //#items
  assert.ok(run.items.destroyed, 'its sink is gone, and its source is still open'); //#items
});
