// Stands in for minipass 7. True to it: no state that Node knows, all is said in the same tick,
// `write()` is true only while a destination takes it, `destroy()` says 'error' only when given one
// and never 'close', a write after that says 'error', and nothing destroys it when it has ended.
const { EventEmitter } = require('events');

class Minipass extends EventEmitter {
  readable = true;
  writable = true;
  destroyed = false;
  #buffer = [];
  #flowing = false;
  #ended = false;
  #over = false;

  write(chunk) {
    if (this.destroyed) {
      const error = new Error('Cannot call write after a stream was destroyed');
      this.emit('error', Object.assign(error, { code: 'ERR_STREAM_DESTROYED' }));
      return true;
    }
    this.#buffer.push(chunk);
    this.#flow();
    return this.#flowing;
  }

  end(chunk) {
    if (chunk !== undefined) this.write(chunk);
    this.#ended = true;
    this.writable = false;
    this.#flow();
    return this;
  }

  pause() {
    this.#flowing = false;
  }

  resume() {
    if (this.destroyed) return;
    this.#flowing = true;
    this.#flow();
    if (this.#flowing && !this.#ended) this.emit('drain');
  }

  on(event, listener) {
    const result = super.on(event, listener);
    if (event === 'data') this.resume();
    return result;
  }

  pipe(destination, { end = true } = {}) {
    destination.on('drain', () => this.resume());
    this.on('data', (chunk) => {
      if (destination.write(chunk) === false) this.pause();
    });
    if (end) this.on('end', () => destination.end());
    return destination;
  }

  destroy(error) {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.#buffer = [];
    if (error) this.emit('error', error);
    return this;
  }

  #flow() {
    while (this.#flowing && this.#buffer.length > 0) this.emit('data', this.#buffer.shift());
    if (!this.#flowing || !this.#ended || this.#over) return;
    this.#over = true;
    this.readable = false;
    for (const event of ['end', 'prefinish', 'finish']) this.emit(event);
  }
}

exports.Minipass = Minipass;
