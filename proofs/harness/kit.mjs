// What a proof's `run(subject, kit)` works with.
import { spawn } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Readable, Writable } from 'node:stream';
import * as faults from './faults.mjs';
import { afterLeaving, Client, serve } from './server.mjs';
import { pause, settle } from './settle.mjs';
import { describe, onStream, openFds, progress, uncounted, undestroyed } from './watch.mjs';

const require = createRequire(import.meta.url);

export class Kit {
  #directory;
  #still;
  #subject;
  #tracked = [];
  #watched = [];
  #clients = [];
  #metrics = {};
  #counts = { released: 0, logged: 0, warnings: 0 };
  stdout = '';

  constructor(directory, { still, subject } = {}) {
    this.#directory = directory;
    this.#still = still;
    this.#subject = subject;
    const error = console.error;
    console.error = (...args) => {
      this.#counts.logged += 1;
      error(...args);
    };
    process.on('warning', ({ name }) => {
      if (name === 'MaxListenersExceededWarning') this.#counts.warnings += 1;
    });
    this.release = this.release.bind(this);
  }

  // Files

  /** An absolute path below the scenario's directory; nothing is created. */
  path(...names) {
    return path.join(this.#directory, ...names);
  }

  /** Writes a file and returns its path: `content` is its text or bytes, or a size in bytes. */
  file(name, content) {
    const target = this.path(name);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, typeof content === 'number' ? '' : content);
    if (typeof content === 'number') fs.truncateSync(target, content);
    return target;
  }

  /** Makes a folder, where perhaps a file should be, and returns its path. */
  folder(name) {
    const target = path.resolve(this.#directory, name);
    fs.mkdirSync(target, { recursive: true });
    return target;
  }

  /** Bytes that no compression makes smaller, the same in every run. */
  noise(size) {
    const zeros = Buffer.alloc(size);
    return createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(zeros);
  }

  /** The size of a file in bytes; 0 when there is none. */
  size(file) {
    return fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  }

  // Streams

  /** A readable that counts as a resource: `count` chunks of `size` bytes (default: endless). */
  source({ size = 16384, count = Infinity, objects = false } = {}) {
    let made = 0;
    return new Readable({
      objectMode: objects,
      read() {
        setImmediate(() => {
          if (this.destroyed) return;
          made += 1;
          this.push(made > count ? null : objects ? { row: made } : Buffer.alloc(size, 97));
        });
      },
    });
  }

  /** A writable that takes what it gets; `stuck` holds every write until `release()` is called. */
  sink({ stuck = false, highWaterMark, objects = false } = {}) {
    const held = [];
    let open = !stuck;
    const sink = new Writable({
      highWaterMark,
      objectMode: objects,
      write(chunk, encoding, callback) {
        sink.received += objects ? 1 : chunk.length;
        if (open) setImmediate(callback);
        else held.push(callback);
      },
    });
    sink.received = 0;
    sink.release = () => {
      open = true;
      for (const callback of held.splice(0)) callback();
    };
    return sink;
  }

  /** Calls `call(stream)` for each stream the subject makes that satisfies `predicate`. */
  onStream(predicate, call) {
    onStream(predicate, call);
  }

  isFsRead(file) {
    return (stream) => stream instanceof fs.ReadStream && (!file || stream.path === file);
  }

  isFsWrite(file) {
    return (stream) => stream instanceof fs.WriteStream && (!file || stream.path === file);
  }

  /** By class name: `kit.isA('Gzip')`. */
  isA(name) {
    return (stream) => stream.constructor?.name === name;
  }

  /** Measures a stream from now on: growth of its listeners, peak of its `writableLength`. */
  watch(stream) {
    const entry = { stream, listeners: countListeners(stream), peak: 0 };
    this.#watched.push(entry);
    if (typeof stream.write === 'function') {
      const write = stream.write;
      stream.write = function (...args) {
        const more = write.apply(this, args);
        entry.peak = Math.max(entry.peak, stream.writableLength ?? 0);
        return more;
      };
    }
    return stream;
  }

  // Promises and counters

  /** Takes the part of a caller who handles rejections; counts as pending until it settles. */
  track(promise) {
    const entry = { state: 'pending', value: undefined };
    this.#tracked.push(entry);
    entry.settled = Promise.resolve(promise).then(
      (value) => Object.assign(entry, { state: 'fulfilled', value }),
      (error) => Object.assign(entry, { state: 'rejected', value: error }),
    );
    return entry;
  }

  /** Resolves to 'fulfilled', 'rejected' or 'pending' when the promise settled or nothing moves. */
  async outcome(promise) {
    const entry = this.track(promise);
    await Promise.race([entry.settled, this.quiet()]);
    return entry.state;
  }

  /** A metric of the scenario's own: a value, or a function that is asked when all is over. */
  metric(name, value) {
    this.#metrics[name] = value;
  }

  /** Counts one release of the resource: metric `released`. Can be handed over as a callback. */
  release() {
    this.#counts.released += 1;
  }

  pause(ms) {
    return pause(ms);
  }

  /** Waits until nothing moves. */
  quiet(deadline = 1500) {
    return settle(() => this.look(), {
      directory: this.#directory,
      deadline,
      still: this.#still,
    });
  }

  // Servers and clients

  serve(handler) {
    return serve(handler);
  }

  afterLeaving(handler) {
    return afterLeaving(handler);
  }

  express4() {
    return require('express')();
  }

  express5() {
    return require('express5')();
  }

  /**
   * Sends one request and resolves to the client when it is over, or hangs for good.
   * `leaveAfter` bytes of body (0: as soon as the request is sent), `how` 'destroy' | 'rst' | 'fin',
   * `pauseMs` between reads, `stall` never reads, `method`, `path`, `headers`, `body`,
   * `promised` content length of an upload that never comes whole.
   */
  async client({ port }, options = {}) {
    const client = new Client(port, options);
    this.#clients.push(client);
    await Promise.race([client.done, this.quiet()]);
    return client;
  }

  // Processes

  /**
   * Runs the subject in a process of its own whose stdio are pipes, as in `node subject | head`.
   * `program` is the text of a module that finds the subject's exports as `subject`; what it says
   * is in `stdout`; `leaveAfter` stops to read that after so many bytes. When the process fails,
   * so does this one, with the same exit code.
   */
  async process(program, { leaveAfter = Infinity } = {}) {
    const text = `import * as subject from ${JSON.stringify(this.#subject)};\n${program}`;
    const child = uncounted(() =>
      spawn(process.execPath, ['--input-type=module', '-e', text], {
        stdio: ['ignore', 'pipe', 'inherit'],
      }));
    child.stdout.on('data', (chunk) => {
      this.stdout += chunk;
      if (this.stdout.length >= leaveAfter) child.stdout.destroy();
    });
    const [exit] = await once(child, 'close');
    if (exit !== 0) process.exit(exit ?? 1);
  }

  // Faults

  afterBytes(stream, after, call) {
    faults.afterBytes(stream, after, call);
  }

  fails(stream, options) {
    faults.fails(stream, options);
  }

  dies(stream, options) {
    faults.dies(stream, options);
  }

  ends(stream, options) {
    faults.ends(stream, options);
  }

  writeFails(stream, options) {
    faults.writeFails(stream, options);
  }

  stageFails(stream, options) {
    faults.stageFails(stream, options);
  }

  whenFull(stream, call) {
    faults.whenFull(stream, call);
  }

  dead(stream) {
    return faults.dead(stream);
  }

  // Results

  /** What is open now, and a signature of all that can still change. */
  look() {
    const measured = this.measure();
    const clients = this.#clients.map(({ bytes, over }) => [bytes, over]);
    const left =
      measured.undestroyed + (measured.openFds ?? 0) + measured.pending +
      clients.filter(([, over]) => !over).length;
    return { left, signature: JSON.stringify([measured, clients, progress()]) };
  }

  /** All metrics as they stand. */
  measure() {
    const open = undestroyed();
    const outcomes = [...new Set(this.#clients.map(({ outcome }) => outcome))];
    return {
      undestroyed: open.length,
      openFds: openFds(this.#directory),
      pending: this.#tracked.filter(({ state }) => state === 'pending').length,
      fulfilled: this.#tracked.filter(({ state }) => state === 'fulfilled').length,
      rejected: this.#tracked.filter(({ state }) => state === 'rejected').length,
      listeners: this.#watched.reduce(
        (sum, { stream, listeners }) => sum + countListeners(stream) - listeners, 0),
      peakWritableLength: Math.max(0, ...this.#watched.map(({ peak }) => peak)),
      client: outcomes.length > 0 ? outcomes.join('+') : null,
      clientStatus: this.#clients.at(-1)?.status ?? null,
      clientBytes: this.#clients.reduce((sum, { bytes }) => sum + bytes, 0),
      ...this.#counts,
      ...Object.fromEntries(Object.entries(this.#metrics).map(([name, value]) =>
        [name, typeof value === 'function' ? value() : value])),
      left: open.map(describe).sort().join(', '),
    };
  }
}

function countListeners(stream) {
  return stream.eventNames().reduce((sum, name) => sum + stream.listenerCount(name), 0);
}
