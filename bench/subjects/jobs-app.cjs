/* Runs 60 jobs, each a child process (two of three a program, one a Node), four at a time; prints what it took itself. */
const { execFile } = require('node:child_process');
const { usage } = require('./report-usage.cjs');

const JOBS = 60;
let next = 0;
const job = () => {
  const i = next++;
  if (i >= JOBS) return undefined;
  const [file, args] = i % 3 === 0 ? [process.execPath, ['--eval', '0']] : ['sh', ['-c', `echo ${i}`]];
  return new Promise((done, fail) => execFile(file, args, (error) => (error ? fail(error) : done()))).then(job);
};
Promise.all(Array.from({ length: 4 }, job)).then(() => console.log(usage()));
