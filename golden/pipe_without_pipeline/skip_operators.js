const http = require('http');
const { flow } = require('./flow');

module.exports = flow.pipe((x) => x + 1, (x) => x * 2);
http.createServer(() => {}).listen(0);
