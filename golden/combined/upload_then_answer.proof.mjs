import http from 'node:http';

const MB = 1 << 20;

/** Sends `bytes` of an upload that is said to be `said` bytes long; gives the status, or 0. */
function put(port, { bytes, said = bytes, leave = false }) {
  return new Promise((resolve) => {
    const headers = { 'Content-Length': said };
    const request = http.request({ port, method: 'PUT', path: '/files/a', agent: false, headers });
    request.on('response', (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    });
    request.on('error', () => resolve(0));
    request.write(Buffer.alloc(bytes), () => {
      if (leave) setTimeout(() => request.destroy(), 50);
      else request.end();
    });
  });
}

const upload = (options, folder = () => undefined) => async (subject, kit) => {
  const server = http.createServer(subject.app(kit.path(folder() ?? '.'), async () => {}));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  kit.metric('status', await put(server.address().port, options));
  server.close();
};

export default {
  claim: 'the file of an upload that breaks off is closed; answers stay what they were',
  scenarios: [
    {
      name: 'client leaves in the middle',
      fault: 'the connection is closed after 1 of 8 MB',
      run: upload({ bytes: MB, said: 8 * MB, leave: true }),
      before: { openFds: 1, undestroyed: 1 },
      after: { status: 0 },
    },
    {
      name: 'the whole upload',
      fault: 'none',
      run: upload({ bytes: 3 * MB }),
      before: { status: 201, undestroyed: 0, openFds: 0 },
      after: { status: 201 },
    },
    {
      name: 'the folder is gone',
      fault: 'ENOENT when the file is opened',
      run: upload({ bytes: 64 }, () => 'gone'),
      before: { status: 500, undestroyed: 0, openFds: 0 },
      after: { status: 500 },
    },
  ],
};
