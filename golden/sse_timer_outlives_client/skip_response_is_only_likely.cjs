exports.events = (req, res) => {
  setInterval(() => res.write('data: tick\n\n'), 1000);
};
