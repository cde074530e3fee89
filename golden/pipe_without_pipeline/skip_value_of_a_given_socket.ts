import type { Socket } from 'node:net';
import { createGunzip } from 'node:zlib';

export function unpacked(socket: Socket, take: (chunk: Buffer) => void): void {
  const text = socket.pipe(createGunzip());
  text.on('data', take).on('error', () => socket.destroy());
}
