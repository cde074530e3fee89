const fs = require('fs');
const _ = require('highland');

_(fs.readdirSync('.')).map((name) => `${name}\n`).pipe(fs.createWriteStream('names.txt'));
