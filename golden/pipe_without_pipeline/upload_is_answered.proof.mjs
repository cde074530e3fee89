import http from 'node:http';

const MB = 1 << 20;

/** Sends `bytes` of an upload that is said to be `said` bytes long; gives the status, or 0. */
function put(port, { bytes, said = bytes, leave = false }) {
  return new Promise((resolve) => {
    const request = http.request({
      port,
      method: 'PUT',
      path: '/log.bin',
      agent: false,
      headers: { 'Content-Length': said },
    });
    request.on('response', (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    });
    request.on('error', () => resolve(0));
    request.write(Buffer.alloc(bytes), () => {
      if (leave) setTimeout(() => request.destroy(), 30);
      else request.end();
    });
  });
}

async function upload(subject, kit, folder, options) {
  const server = subject.server(folder);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  kit.metric('status', await put(server.address().port, options));
  server.close();
}

const same = (status) => ({ status, undestroyed: 0, openFds: 0 });

export default {
  claim: 'the file of an upload that breaks off is closed; answers stay what they were',
  scenarios: [
    {
      name: 'client leaves in the middle',
      fault: 'the connection is closed after 1 of 8 MB',
      run: (subject, kit) =>
        upload(subject, kit, kit.path(), { bytes: MB, said: 8 * MB, leave: true }),
      before: { openFds: 1, undestroyed: 1 },
      after: { status: 0 },
    },
    {
      name: 'the whole upload',
      fault: 'none',
      async run(subject, kit) {
        await upload(subject, kit, kit.path(), { bytes: 3 * MB });
        kit.metric('stored', kit.size(kit.path('log.bin')));
      },
      before: { ...same(200), stored: 3 * MB },
      after: { ...same(200), stored: 3 * MB },
    },
    {
      name: 'the folder is gone',
      fault: 'ENOENT when the file is opened',
      run: (subject, kit) => upload(subject, kit, kit.path('gone'), { bytes: 64 }),
      before: same(507),
      after: same(507),
    },
  ],
};
