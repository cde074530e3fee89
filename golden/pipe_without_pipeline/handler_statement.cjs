'use strict';

const express = require('express');
const fs = require('fs');
const path = require('path');

const router = express.Router();

router.get('/exports/:name', (req, res) => {
  const file = path.join(process.env.EXPORTS, req.params.name);
  res.type('application/octet-stream');
  fs.createReadStream(file).pipe(res);
});

module.exports = router;
