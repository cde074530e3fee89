import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { pipeline } from 'node:stream/promises';

// These run on until they are told to stop, after success too.
export const loop = (rows, poll) =>
  createServer(async (req, res) => {
    const ac = new AbortController();
    res.on('close', () => ac.abort());
    const lines = async function* (source) {
      for await (const row of source) yield `${row}\n`;
    };
    const done = pipeline(rows(), lines, res, { signal: ac.signal }).catch(() => {});
    while (!ac.signal.aborted) {
      poll();
      await sleep(1000);
    }
    await done;
  });

export const timer = (rows, poll) =>
  createServer(async (req, res) => {
    const ac = new AbortController();
    const { signal } = ac;
    res.on('close', () => ac.abort());
    const lines = async function* (source) {
      for await (const row of source) yield `${row}\n`;
    };
    const again = () => {
      if (signal.aborted) return;
      poll();
      setTimeout(again, 1000);
    };
    again();
    await pipeline(rows(), lines, res, { signal }).catch(() => {});
  });
