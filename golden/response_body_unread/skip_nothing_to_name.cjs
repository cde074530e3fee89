const http = require('http');

function answered() {
  exports.count += 1;
}

exports.count = 0;
exports.poke = (url) => http.get(url, answered);
exports.knock = (url) => { http.get(url, answered); };
