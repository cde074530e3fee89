// A script whose main() runs above the helper: nothing may be in its dead zone.
export default {
  claim: 'a helper at the end of a script is there when the script begins',
  scenarios: [
    {
      name: 'destroyed without an error',
      fault: "destroy() in the file's 'open' listener",
      script: true,
      run: async (load, kit) => {
        process.argv[2] = kit.path('lines.txt');
        kit.onStream(kit.isFsWrite(process.argv[2]), (file) => {
          file.once('open', () => file.destroy());
        });
        await load();
        await kit.quiet();
      },
      before: { settled: 'ok', unhandledRejections: 0 },
      // A script that cannot write its file fails, as it does when the disk is full.
      after: { settled: 'crash', exit: 1, unhandledRejections: 1 },
    },
    {
      name: 'success',
      fault: 'none',
      script: true,
      run: async (load, kit) => {
        process.argv[2] = kit.path('lines.txt');
        const written = new Promise((resolve) => {
          kit.onStream(kit.isFsWrite(process.argv[2]), (file) => file.once('close', resolve));
        });
        await load();
        await written;
        kit.metric('size', () => kit.size(process.argv[2]));
      },
      before: { settled: 'ok', size: 11_888_890 },
      after: { size: 11_888_890 },
    },
  ],
};
