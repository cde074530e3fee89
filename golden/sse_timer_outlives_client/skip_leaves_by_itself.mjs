import { createServer } from 'node:http';

// Each of these callbacks notices that its client has left, and gives something back then.
export const returns = (bus) =>
  createServer((req, res) => {
    const leave = bus.join();
    setInterval(() => {
      if (res.destroyed) return leave();
      res.write('data: tick\n\n');
    }, 1000);
  });

export const joined = (bus) =>
  createServer((req, res) => {
    const leave = bus.join();
    setInterval(() => {
      res.writableEnded && leave();
      res.write('data: tick\n\n');
    }, 1000);
  });

export const either = (bus) =>
  createServer((req, res) => {
    setInterval(() => (res.closed ? bus.leave(req) : res.write('data: tick\n\n')), 1000);
  });

export const failed = (bus) =>
  createServer((req, res) => {
    setInterval(() => res.write('data: tick\n\n', (err) => err && bus.leave(req)), 1000);
  });

export const refused = (bus) =>
  createServer((req, res) => {
    setInterval(() => {
      if (!res.write('data: tick\n\n')) bus.leave(req);
    }, 1000);
  });

export const handle = (limit) =>
  createServer((req, res) => {
    let sent = 0;
    setInterval(function () {
      res.write('data: tick\n\n');
      if (++sent > limit) this.close();
    }, 1000);
  });
