#!/usr/bin/env node
'use strict';
const fs = require('fs');
const { once } = require('events');

main();

async function main() {
  const out = fs.createWriteStream(process.argv[2]);
  for (let i = 0; i < 1e6; i++)
    if (out.write(`line ${i}\n`) === false)
      await once(out, 'drain');
  out.end();
}
