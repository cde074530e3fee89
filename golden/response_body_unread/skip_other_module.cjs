const http = require('http')
const needle = require('needle')

exports.exists = (url, client, done) => {
  (url.startsWith('http:') ? http : needle).get(url, (res) => done(null, res.statusCode))
  client.get(url, (res) => done(null, res.statusCode))
  let other = http
  if (url) other = client
  other.get(url, (res) => done(null, res.statusCode))
}
