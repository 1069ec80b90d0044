/*
 * A tool of an agent that reads 1,000 files a call, told by messages: `again` are files it has read before, `first` new ones.
 * Answers microseconds of processor time a read: nothing in it waits for anybody.
 * With `tool` the call is one of a tool (withTool); without, the same reads are the application's.
 */
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const FILES = 1_000;
const { withTool } = process.argv[2] === 'tool' ? require('../../dist/index.js') : {};
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'tool-calls-'));
let folders = 0;

const makeFolder = () => {
  const folder = path.join(root, `f${folders++}`);
  fs.mkdirSync(folder);
  return Array.from({ length: FILES }, (_, k) => {
    const file = path.join(folder, `${k}.txt`);
    fs.writeFileSync(file, 'x');
    return file;
  });
};
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

const known = makeFolder();
process.on('message', (which) => process.send(call(which === 'again' ? known : makeFolder())));
process.on('disconnect', () => fs.rmSync(root, { recursive: true }));
