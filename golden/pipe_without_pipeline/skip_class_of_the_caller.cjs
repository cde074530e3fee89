const fs = require('node:fs');

exports.read = (name, Parser, online) => {
  const parserOf = (Given) => {
    const parser = new Given({ online });
    return parser;
  };
  fs.createReadStream(name).pipe(parserOf(Parser));
};
