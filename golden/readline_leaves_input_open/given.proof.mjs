export default {
  claim: 'the interface lets go of an input that is not its own, and leaves it to its owner',
  scenarios: [
    {
      name: 'three lines of a file',
      fault: 'the loop breaks at the third line; the owner destroys the file then',
      async run(subject, kit) {
        const { createReadStream } = await import('node:fs');
        const input = createReadStream(kit.file('lines.txt', 'a line\n'.repeat(100_000)));
        kit.metric('heard', () => input.listenerCount('data') + input.listenerCount('error'));
        kit.metric('read', (await subject.head(input, 3)).length);
        kit.metric('open', input.destroyed === false);
        input.destroy();
      },
      before: { '<20': { heard: 0, read: 3 }, '>=20': { heard: 2, read: 3 } },
      after: { heard: 0, read: 3, open: true },
    },
  ],
};
