import type { ServerResponse } from 'node:http';

const ping = ': ping\n\n';

export function keepAlive(res: ServerResponse, timer: number): void {
  setInterval(() => res.write(ping), timer).unref();
}
