const fs = require('fs')
const http = require('http')
const stream = require('stream')

const index = fs.createReadStream(__filename)
const chunks = []
index.on('data', (chunk) => chunks.push(chunk))

exports.server = http.createServer(async (req, res) => {
  await stream.promises.finished(index, { writable: false })
  res.end(Buffer.concat(chunks))
})
