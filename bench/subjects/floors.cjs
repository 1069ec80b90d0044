/* Microseconds of processor time of what nobody who watches calls in JavaScript can do without: node floors.cjs ROUNDS */
const fs = require('node:fs');
const { getCallSites } = require('node:util');

const FRAMES = 27;
const rounds = Number(process.argv[2]);
const known = new Map(Array.from({ length: 4096 }, (_, i) => [`/srv/application/data/part-${i}.json`, i]));
const keys = [...known.keys()];
let found = 0;

const bare = (value) => value;
const wrapped = function () {
  return Reflect.apply(bare, this, arguments);
};
/* As deep as a handler of a server stands. */
const deep = (depth, call) => (depth === 0 ? call() : deep(depth - 1, call));
const withPrepare = () => {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.prepareStackTrace = (_error, sites) => sites;
  Error.stackTraceLimit = FRAMES;
  const holder = {};
  Error.captureStackTrace(holder);
  const { length } = holder.stack;
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
  return length;
};
const call = (run, times) => {
  const begin = process.cpuUsage();
  for (let i = 0; i < times; i++) run(i);
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / times;
};
const FLOORS = {
  'an empty wrapper': [() => call(wrapped, 100_000), () => call(bare, 100_000)],
  'one look-up in a Map of strings': [
    () => call((i) => (found += known.get(keys[i & 4095])), 100_000),
    () => call((i) => (found += keys[i & 4095].length), 100_000),
  ],
  'the stack, 27 frames, by getCallSites': [() => deep(40, () => call(() => getCallSites(FRAMES), 200)), () => 0],
  'the stack, 27 frames, by Error.captureStackTrace': [() => deep(40, () => call(withPrepare, 200)), () => 0],
  'the call itself: fs.statSync': [() => call(() => fs.statSync(__filename), 2_000), () => 0],
};

const report = {};
for (const [name, [one, without]] of Object.entries(FLOORS)) {
  for (let i = 0; i < 5; i++) one() + without();
  report[name] = Array.from({ length: rounds }, () => one() - without());
}
process.stdout.write(JSON.stringify(report), () => process.exit(0));
