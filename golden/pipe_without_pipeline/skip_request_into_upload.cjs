const http = require('http');

module.exports = (request, response) => new Promise((resolve, reject) => {
  const client = http.request({ port: 8080, method: 'POST' }, (answer) => resolve(answer));
  client.on('error', reject);
  request.pipe(client);
});
