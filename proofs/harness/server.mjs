// A server on the loopback interface, and a client that decides how it leaves.
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { uncounted } from './watch.mjs';

/** Starts `handler` (a request listener or an Express app) on 127.0.0.1; returns `{ server, port }`. */
export async function serve(handler) {
  const server = typeof handler?.listen === 'function' && handler.on && !handler.use
    ? handler
    : http.createServer(handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: server.address().port };
}

/** Calls `handler` only when its client is already gone: what an `await` before the work does. */
export function afterLeaving(handler) {
  return (req, res, next) => {
    res.once('close', () => setImmediate(handler, req, res, next));
  };
}

export class Client {
  // complete: the whole response; cut: closed in the middle; none: closed before the first byte;
  // hang: still waiting; left: it went by itself.
  outcome = 'hang';
  status = null;
  bytes = 0;
  body = '';
  #head = '';
  #length = null;
  #chunked = false;
  #tail = '';
  #options;
  #socket;

  constructor(port, options) {
    this.#options = { method: 'GET', path: '/', headers: {}, how: 'destroy', ...options };
    this.#socket = uncounted(() => net.connect(port, '127.0.0.1'));
    this.done = new Promise((resolve) => {
      this.#socket.on('close', () => {
        this.#close();
        resolve(this);
      });
    });
    this.#socket.on('error', () => {}); // 'close' follows and says all there is to say
    this.#socket.on('data', (chunk) => this.#receive(chunk));
    this.#socket.on('connect', () => this.#ask());
  }

  get over() {
    return this.#socket.destroyed;
  }

  /** Leaves now: 'destroy' closes, 'rst' resets the connection, 'fin' only ends this side. */
  leave() {
    if (this.over) return;
    this.outcome = 'left';
    if (this.#options.how === 'rst') this.#socket.resetAndDestroy();
    else if (this.#options.how === 'fin') this.#socket.end();
    else this.#socket.destroy();
  }

  #ask() {
    const { method, path, headers, body, promised, leaveAfter, stall } = this.#options;
    const length = promised ?? body?.length;
    const lines = { Host: 'proof', Connection: 'close', ...headers };
    if (length !== undefined) lines['Content-Length'] = length;
    const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#socket.write(`${method} ${path} HTTP/1.1\r\n${head.join('')}\r\n`);
    if (stall) this.#socket.pause();
    // A request must have arrived before its client leaves, or there is nothing to serve.
    if (body !== undefined) this.#socket.write(body, () => this.#sent());
    else if (leaveAfter === 0) this.#socket.write('', () => this.#sent());
  }

  #sent() {
    if (this.#options.leaveAfter === 0) setTimeout(() => this.leave(), 20).unref();
  }

  #receive(chunk) {
    if (this.outcome === 'left') return;
    const { leaveAfter, pauseMs } = this.#options;
    if (this.status === null) this.#readHead(chunk);
    else this.#readBody(chunk);
    if (leaveAfter > 0 && this.bytes >= leaveAfter) this.leave();
    else if (pauseMs) {
      this.#socket.pause();
      setTimeout(() => this.#socket.resume(), pauseMs).unref();
    }
  }

  #readHead(chunk) {
    this.#head += chunk.toString('latin1');
    const end = this.#head.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#head.slice(0, end);
    this.status = Number(head.split(' ')[1]);
    this.#chunked = /^transfer-encoding:.*chunked/im.test(head);
    const length = /^content-length: *(\d+)/im.exec(head);
    if (length) this.#length = Number(length[1]);
    this.#readBody(Buffer.from(this.#head.slice(end + 4), 'latin1'));
  }

  #readBody(chunk) {
    this.bytes += chunk.length;
    const text = chunk.toString('latin1', Math.max(0, chunk.length - 65536));
    this.#tail = (this.#tail + text).slice(-5);
    if (this.body.length < 65536) this.body += text;
  }

  #close() {
    if (this.outcome === 'left') return;
    const whole = this.#chunked
      ? this.#tail === '0\r\n\r\n'
      : this.#length !== null && this.bytes >= this.#length;
    if (whole) this.outcome = 'complete';
    else this.outcome = this.status === null && this.#head === '' ? 'none' : 'cut';
  }
}
