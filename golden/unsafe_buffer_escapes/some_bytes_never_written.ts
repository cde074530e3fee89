import { Socket } from 'node:net';

export function hello(socket: Socket, version: number): void {
  const head = Buffer.allocUnsafeSlow(12);
  head[0] = 0x7f;
  head.writeUInt8(version, 1);
  head.writeUInt32LE(12, 4);
  head.writeUInt32LE(Date.now() >>> 0, 8);
  socket.write(head);
}
