import { compose } from 'node:stream';

export const codec = {
  async transform(text, options, callback) {
    await options.load();
    callback(null, text);
  },
};

export const stage = compose(async function* (source) {
  for await (const chunk of source) yield await codec.transform(chunk);
});
