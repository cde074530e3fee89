import { pipeline } from 'node:stream/promises';
import { createBrotliCompress, createGunzip } from 'node:zlib';

export const one = (a, b) => pipeline(a, createGunzip(), createBrotliCompress(), b);
export const two = (a, b) => pipeline(a, createGunzip(), createBrotliCompress(), b);
export const three = (a, b) => pipeline(a, createBrotliCompress(), createGunzip(), b);
