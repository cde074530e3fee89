'use strict';

const { Transform } = require('node:stream');
const { StringDecoder } = require('node:string_decoder');

const COLUMNS = ['id', 'customer', 'country', 'amount', 'note'];

function toCsv(order) {
  return COLUMNS.map((column) => {
    const value = String(order[column] ?? '');
    return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  }).join(',');
}

/** Reads one JSON order per line, writes one CSV row per order. */
class OrdersToCsv extends Transform {
  constructor() {
    super();
    this.decoder = new StringDecoder('utf8');
    this.rest = `${JSON.stringify(Object.fromEntries(COLUMNS.map((c) => [c, c])))}\n`;
  }

  _transform(chunk, encoding, callback) {
    const lines = (this.rest + this.decoder.write(chunk)).split('\n');
    this.rest = lines.pop();
    this.emitRows(lines, callback);
  }

  _flush(callback) {
    this.emitRows([this.rest + this.decoder.end()], callback);
  }

  emitRows(lines, callback) {
    let rows = '';
    try {
      for (const line of lines) {
        if (line !== '') rows += `${toCsv(JSON.parse(line))}\n`;
      }
    } catch (error) {
      callback(error);
      return;
    }
    callback(null, rows);
  }
}

module.exports = { OrdersToCsv };
