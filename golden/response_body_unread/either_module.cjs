const http = require('http')
const https = require('https')

exports.exists = (url, done) => {
  (url.startsWith('https:') ? https : http).get(url, (res) => done(null, res.statusCode < 400))
}

exports.ping = (options, done) => {
  const request = options.secure ? https.request : http.request
  request(options, () => done()).end()
}

exports.knock = (options, done) => {
  let client = http
  if (options.secure) client = https
  const req = client.request(options)
  req.once('response', (res) => done(res.statusCode))
  req.end()
}
