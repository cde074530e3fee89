import { createServer } from 'node:http';
import { PassThrough, compose, pipeline } from 'node:stream';
import { createGzip } from 'node:zlib';

const through = new PassThrough();
const packed = compose(through, createGzip());

export const server = createServer((req, res) => {
  pipeline(req, packed, res, () => {});
});
