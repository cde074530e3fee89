const fs = require('fs');
const stream = require('stream');
const { promisify } = require('util');

const streamPipeline = promisify(stream.pipeline);

module.exports = async function sendFile(ctx, res) {
  await ctx.ready;
  const file = fs.createReadStream(ctx.path);
  try {
    await streamPipeline(file, res);
  } catch (e) {
    ctx.log(e);
  }
};

module.exports.also = async (req, res) => {
  await req.ready;
  const file = fs.createReadStream(req.path);
  await stream.promises.pipeline(file, res).catch(console.error);
};
