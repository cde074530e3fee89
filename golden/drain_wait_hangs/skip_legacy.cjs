const { once } = require('events');
const through = require('through');
const { Minipass } = require('minipass');

exports.feed = async (rows) => {
  const stage = through();
  const pass = new Minipass();
  for (const row of rows) {
    if (!stage.write(row)) await once(stage, 'drain');
    if (!pass.write(row)) await once(pass, 'drain');
  }
};
