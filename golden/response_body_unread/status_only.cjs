const http = require('http')

exports.statusOf = (options) => new Promise((resolve, reject) => {
  http.get(options, (res) => resolve(res.statusCode)).on('error', reject)
})
