// The same text, made with what each function has.
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

export const low = (from, to, level) =>
  pipeline(from, createGunzip(), createGzip({ level }), to);
export const high = (from, to, level) =>
  pipeline(from, createGunzip(), createGzip({ level }), to);
export const set = (from, to, { level }) =>
  pipeline(from, createGunzip(), createGzip({ level }), to);
