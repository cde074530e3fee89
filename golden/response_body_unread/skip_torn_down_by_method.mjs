import https from 'node:https';

export class Upload {
  start(options) {
    this.req = https.request(options);
    this.req.on('response', (res) => {
      console.error(res.statusCode);
      this.fail();
    });
    this.req.flushHeaders();
  }

  fail() {
    this.req.end();
  }
}
