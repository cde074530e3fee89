const { pipeline } = require('node:stream/promises');
const { openExport } = require('./exports');

async function download(req, res) {
  const rows = await openExport(req.params.id);
  try {
    await pipeline(rows, res);
  } catch (err) { req.log.warn({ err }, 'export failed'); }
}

module.exports = { download };
