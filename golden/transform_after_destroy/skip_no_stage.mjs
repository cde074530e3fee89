export class Fetched extends Array {
  async _transform(chunk, encoding, callback) {
    for (const word of chunk.split(' ')) this.push(await fetch(word));
    callback();
  }
}
