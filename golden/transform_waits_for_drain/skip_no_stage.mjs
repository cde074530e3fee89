export class Queue {
  _transform(chunk, encoding, callback) {
    if (!this.push(chunk)) {
      this.once('drain', callback);
      return;
    }
    callback();
  }
}
