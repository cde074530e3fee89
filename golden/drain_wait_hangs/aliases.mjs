import { spawn } from 'node:child_process';
import { EventEmitter, once as happens } from 'node:events';
import * as events from 'node:events';

export async function feed(lines) {
  const child = spawn('sort');
  for (const line of lines) {
    if (!child.stdin.write(line)) await happens(child.stdin, 'drain');
  }
  if (!child.stdin.write('.\n')) await EventEmitter.once(child.stdin, 'drain');
  if (!child.stdin.write('.\n')) await events.once(child.stdin, 'drain');
  child.stdin.end();
}
