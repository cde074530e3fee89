export default ({ downloads }) => ({
  claim: 'the file of a download that is returned is closed when the client leaves',
  scenarios: downloads({
    listener: (subject, file) => (req, res) => {
      req.url = file;
      subject.default(req, res);
    },
  }),
});
