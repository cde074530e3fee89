const { PassThrough } = require('stream');
const { pipeline } = require('stream/promises');

async function* upper(source) {
  for await (const chunk of source) yield String(chunk).toUpperCase();
}

module.exports = async (req, res) => {
  await pipeline(new PassThrough(), upper, res).catch(console.error);
};
