// The length is written into what concat gives.
exports.frame = (payload) => {
  const frame = Buffer.concat([Buffer.allocUnsafe(4), payload]);
  frame.writeUInt32BE(payload.length, 0);
  return frame;
};
