// Who calls these functions writes the rest.
function scratch() {
  const bytes = Buffer.allocUnsafe(64);
  return bytes;
}

const header = (length) => {
  const head = Buffer.allocUnsafe(8);
  head.writeUInt32BE(length, 0);
  return head;
};

module.exports = (body, sum) => {
  const room = scratch();
  body.copy(room, 0, 0, 64);
  const head = header(body.length);
  head.writeUInt32BE(sum, 4);
  return [head, room];
};
