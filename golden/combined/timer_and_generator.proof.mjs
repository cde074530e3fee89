const SIZE = 64 << 20;

const download = (ms, client, prepare = () => {}) => async (subject, kit) => {
  const file = kit.file('file.bin', SIZE);
  kit.onStream(kit.isFsRead(file), (stream) => prepare(kit, stream));
  const [listener] = subject.server(file, ms).listeners('request');
  await kit.client(await kit.serve(listener), client);
};

// A disk that answers no more: the read never calls back.
const stuck = (kit, stream) => {
  const read = stream._read;
  let passed = 0;
  stream._read = function (size) {
    if (passed >= 1 << 20) return;
    passed += size;
    read.call(this, size);
  };
};

export default {
  claim: 'what comes too late is cut, not taken for the whole, and its file is closed',
  scenarios: [
    {
      name: 'the disk hangs in the middle',
      fault: 'no read after 1 MB is ever answered',
      run: download(150, {}, stuck),
      before: { client: 'complete', openFds: 1 },
      after: { client: 'cut', logged: '>0' },
    },
    {
      name: 'no fault',
      fault: 'none',
      run: download(60_000, {}),
      before: { client: 'complete', undestroyed: 0 },
      after: { client: 'complete', clientBytes: `>=${SIZE}`, logged: 0 },
    },
  ],
};
