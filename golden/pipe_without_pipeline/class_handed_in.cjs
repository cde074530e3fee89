const fs = require('node:fs');
const { Writable } = require('node:stream');

class Lines extends Writable {
  constructor(handlers) {
    super({ write: (chunk, encoding, callback) => callback(null, handlers.online(chunk)) });
  }
}

exports.read = (name, online) => {
  const parserOf = (Parser) => {
    const parser = new Parser({ online });
    return parser;
  };
  fs.createReadStream(name).pipe(parserOf(Lines));
};
