import { PassThrough } from 'node:stream';

export const pass = () => {
  const stage = new PassThrough();
  setInterval(() => console.log(stage.readableLength, stage.writableLength), 500).unref();
  return stage;
};
