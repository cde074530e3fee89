const { createServer } = require('http');

exports.server = createServer(function (req, res) {
  const send = () => {
    const now = new Date();
    res.write('data: ' + now.toISOString() + '\n\n');
  };
  send();
  setInterval(send, 1000);
});
