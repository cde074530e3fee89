import http from 'node:http';

export function late(url, sink) {
  const req = http.get(url, () => {
    setTimeout(() => req.res.pipe(sink), 5);
  });
}

export function after(url, sink) {
  const req = http.get(url, () => {
    console.log('answered');
  });
  setTimeout(() => req.res.pipe(sink), 50);
}

export function any(url, listeners) {
  const req = http.get(url, () => {});
  for (const [event, listener] of Object.entries(listeners)) req.on(event, listener);
}
