const http = require('http');
const https = require('https');
const zlib = require('zlib');
const { PassThrough } = require('stream');

exports.open = (url) =>
  new Promise((resolve, reject) => {
    const client = url.startsWith('https:') ? https : http;
    const request = client.get(url, (message) => {
      const unpacked = zlib.createGunzip();
      const body = new PassThrough();
      message.on('error', (err) => unpacked.destroy(err));
      unpacked.on('error', (err) => body.destroy(err));
      message.pipe(unpacked).pipe(body);
      resolve({ status: message.statusCode, body });
    });
    request.on('error', reject);
  });
