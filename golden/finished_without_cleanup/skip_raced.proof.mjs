export default {
  claim: 'a wait that was raced leaves no listener on the stream',
  scenarios: [
    {
      name: 'twelve slow writes',
      fault: 'none: each write drains',
      async run({ write }, kit) {
        const sink = kit.sink({ highWaterMark: 1 });
        kit.watch(sink);
        kit.track((async () => {
          for (let i = 0; i < 12; i += 1) await write(sink, 'xx');
          kit.metric('kept', sink.listenerCount('error'));
          sink.end();
        })());
      },
      before: { kept: '>=12', warnings: '>0' },
      after: { fulfilled: 1, kept: 0, warnings: 0 },
    },
  ],
};
