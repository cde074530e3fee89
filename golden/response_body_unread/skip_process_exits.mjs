import http from 'node:http';

http.get('http://localhost:8080/health', (res) => {
  process.exit(res.statusCode === 200 ? 0 : 1);
}).on('error', () => process.exit(1));
