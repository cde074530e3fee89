// `external` is a kind of link here.
export const links = (all) => all.filter((link) => link.external);
export const used = () => process.memoryUsage().heapUsed;
