'use strict'

const fs = require('fs')

module.exports = (req, res) => {
  const file = fs.createReadStream(process.env.REPORT)
  req.on('close', () => file.destroy())
  req.resume()
  req.on('end', () => file.pipe(res))
}
