'use strict'
const { get } = require('node:http')

function answered (res) {
  'use strict'
  ;[200, 204].includes(res.statusCode) || console.error('not well:', res.statusCode)
}

exports.check = (url) => {
  get(url, answered)
}
