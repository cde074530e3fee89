const fs = require('fs');
const express = require('express');

const app = express();

app.get('/parts/:name', (req, res) => {
  const part = fs.createReadStream(req.params.name);
  if (req.query.counted) {
    count(part, res);
  } else {
    part.pipe(res);
  }
});

function count(part, res) {
  let size = 0;
  part.on('data', (chunk) => (size += chunk.length));
  part.on('end', () => res.send(String(size)));
}
