/*
 * A tool of an agent that reads 1,000 files: for the first time, and again. Prints microseconds of processor time a read, call by
 * call: nothing in it waits for anybody, and so it does not matter what else the machine does.
 * With `tool` the call is one of a tool (withTool); without, the same reads are the application's.
 */
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const FILES = 1_000;
const [, , how, calls] = process.argv;
const { withTool } = how === 'tool' ? require('../../dist/index.js') : {};
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'tool-calls-'));
const folders = Array.from({ length: Number(calls) + 1 }, (_, i) => {
  const folder = path.join(root, `f${i}`);
  fs.mkdirSync(folder);
  return Array.from({ length: FILES }, (_, k) => {
    const file = path.join(folder, `${k}.txt`);
    fs.writeFileSync(file, 'x');
    return file;
  });
});

const read = (files) => {
  for (const file of files) fs.readFileSync(file);
};
const call = (files) => {
  const start = process.cpuUsage();
  if (withTool === undefined) read(files);
  else {
    const options = { agent: 'reader', conversation: 'c-1', arguments: { folder: path.dirname(files[0]) } };
    withTool('read_folder', () => read(files), options);
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / FILES;
};

const first = folders.map(call).slice(1);
for (let i = 0; i < 20; i++) call(folders[0]);
const again = Array.from({ length: Number(calls) }, () => call(folders[0]));
fs.rmSync(root, { recursive: true });
console.log(JSON.stringify({ first, again }));
