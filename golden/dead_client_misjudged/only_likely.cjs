exports.sendZip = async function (req, res) {
  const zip = await exports.pack(req.params.id);
  if (req.destroyed) return;
  res.send(zip);
};
