const express = require('express');
const fs = require('fs');
const path = require('path');

const router = express.Router();

router.get('/exports/:name', (req, res, next) => {
  const file = fs.createReadStream(path.join(process.env.EXPORTS, req.params.name));
  file.on('open', () => {
    res.type('bin');
  });
  file.on('data', (chunk) => {
    // as fast as it comes
    res.write(chunk);
  });
  file.on('end', () => res.end());
});

module.exports = router;
