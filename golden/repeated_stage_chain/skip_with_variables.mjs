import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

export const a = (from, to, level) => pipeline(from, createGunzip(level), createGzip(), to);
export const b = (from, to, level) => pipeline(from, createGunzip(level), createGzip(), to);
export const c = (from, to, level) => pipeline(from, createGunzip(level), createGzip(), to);
