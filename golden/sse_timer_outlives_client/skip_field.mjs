export class Session {
  constructor(req, res) {
    res.writeHead(200);
    this.timer = setInterval(() => res.write(': ping\n\n'), 1000);
  }
}
