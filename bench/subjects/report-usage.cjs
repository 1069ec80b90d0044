/* What the benchmarks ask a server for beside its pages: processor time in milliseconds and resident memory in MB. */
exports.usage = () => {
  const { user, system } = process.cpuUsage();
  return JSON.stringify({ processor: (user + system) / 1000, rss: process.memoryUsage.rss() / 2 ** 20 });
};
