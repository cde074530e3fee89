import { createServer } from 'node:http';
import { connect } from 'node:net';
import { pipeline } from 'node:stream/promises';

// A failed source closes the response, too: some time later that looks like a client that left.
async function* lines(rows) {
  for await (const row of rows) yield `${row}\n`;
}

export const awaited = (rollback, failed) =>
  createServer(async (req, res) => {
    const rows = connect(9000);
    try {
      await pipeline(rows, lines, res);
    } catch (err) {
      await rollback();
      if (err.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
      failed(err);
    }
  });

export const chained = (rollback, failed) =>
  createServer((req, res) => {
    pipeline(connect(9000), lines, res)
      .finally(() => rollback())
      .catch((err) => {
        if (err.code !== 'ERR_STREAM_PREMATURE_CLOSE') failed(err);
      });
  });

export const nested = (rollback, failed) =>
  createServer(async (req, res) => {
    const rows = connect(9000);
    try {
      try {
        await pipeline(rows, lines, res);
      } finally {
        await rollback();
      }
    } catch (err) {
      if (err.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
      failed(err);
    }
  });

export const later = (failed) =>
  createServer(async (req, res) => {
    const rows = connect(9000);
    try {
      await pipeline(rows, lines, res);
    } catch (err) {
      setTimeout(() => {
        if (err.code !== 'ERR_STREAM_PREMATURE_CLOSE') failed(err);
      }, 100);
    }
  });
