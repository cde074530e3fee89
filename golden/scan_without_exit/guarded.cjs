const { createReadStream } = require('fs');

function firstLine(file, options) {
  return new Promise(function (resolve, reject) {
    var text = '';
    var input = createReadStream(file, options).on('data', function (chunk) {
      text += chunk;
      var end = text.indexOf('\n');
      if (end === -1) return;
      resolve(text.slice(0, end));
    });
    input.on('close', function () {
      resolve(text);
    });
    input.on('error', reject);
  });
}

module.exports = firstLine;
