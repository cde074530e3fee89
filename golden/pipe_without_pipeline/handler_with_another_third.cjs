const http = require('http');

exports.proxy = (req, res, upstream) => {
  http.get(upstream, (answer) => {
    answer.pipe(res);
  });
};
