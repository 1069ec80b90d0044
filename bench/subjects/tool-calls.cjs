/*
 * A tool of an agent that reads 1,000 files a call, told by messages: `again` are files it has read before, `first` new ones,
 * `none` is a call that reads nothing. Answers microseconds of processor time: nothing in it waits for anybody.
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
const read = (list) => {
  for (const file of list) fs.readFileSync(file);
};
const call = (list) => {
  const start = process.cpuUsage();
  if (withTool === undefined) read(list);
  else {
    const options = { agent: 'reader', conversation: 'c-1', arguments: { folder: root } };
    withTool('read_folder', () => read(list), options);
  }
  const { user, system } = process.cpuUsage(start);
  return user + system;
};

const known = makeFolder();
const files = { again: () => known, first: makeFolder, none: () => [] };
process.on('message', (which) => process.send(call(files[which]())));
process.on('disconnect', () => fs.rmSync(root, { recursive: true }));
