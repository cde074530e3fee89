const fs = require('fs')
const zlib = require('zlib')

module.exports = function pack (path) {
  const gzip = zlib.createGzip()
  const file = fs.createWriteStream(path + '.gz')
  gzip.on('data', chunk => file.write(chunk)).on('end', () => { file.end() })
  return fs.readFile(path, (err, data) => {
    if (err) throw err
    gzip.end(data)
  })
}
