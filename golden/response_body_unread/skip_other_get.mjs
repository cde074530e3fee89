import http from 'node:http';
import http2 from 'node:http2';
import express from 'express';

const app = express();
app.get('/', (res) => {
  console.log(res.statusCode);
});
const cache = new Map();
cache.get('key', (res) => console.log(res.statusCode));
const session = http2.connect('https://localhost');
const req = session.request({ ':path': '/' });
req.on('response', (headers) => console.log(headers[':status']));
http.createServer(app).listen(0);
