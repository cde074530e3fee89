// The client leaves before the handler begins, and the rows must be rolled back.
export default {
  claim: 'with a listener the error reaches the stage that needs it, and ends no process',
  scenarios: [
    {
      name: 'client is gone before the start',
      fault: 'the response is closed before the handler runs',
      async run(subject, kit) {
        const done = [];
        const db = { next: () => 'row', rollback: () => done.push('rollback') };
        db.commit = () => done.push('commit');
        kit.metric('done', () => done.join());
        const server = await kit.serve(
          kit.afterLeaving((req, res) => void kit.track(subject.download(db, res))),
        );
        await kit.client(server, { leaveAfter: 0 });
      },
      before: {
        '<23': { settled: 'ok', fulfilled: 1, done: 'rollback' },
        '>=23': { settled: 'crash', exit: 1 },
      },
      after: { fulfilled: 1, done: 'rollback' },
    },
  ],
};
