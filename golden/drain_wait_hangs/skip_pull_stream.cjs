const { pull, values, drain } = require('pull-stream');

exports.sum = (numbers) =>
  new Promise((resolve) => {
    let total = 0;
    pull(values(numbers), drain((n) => (total += n), () => resolve(total)));
  });
exports.name = (value) => ['drain', value];
