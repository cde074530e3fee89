const { createReadStream, createWriteStream } = require('fs')

exports.copy = (from, to) => new Promise((resolve, reject) =>
  createReadStream(from).on('error', reject).pipe(createWriteStream(to)).on('close', resolve).on('error', reject))
