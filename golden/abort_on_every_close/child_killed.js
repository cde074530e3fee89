const { spawn } = require('child_process');

module.exports = (req, res) => {
  const child = spawn('git', ['archive', 'HEAD']);
  child.stdout.pipe(res);
  req.on('close', () => child.kill());
};
