import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'colors',
  after: 'colors 1.4.44-liberty-2 and faker 6.6.6, 2022',
  source: 'https://github.com/Marak/colors.js/issues/285',
  shape: ['require', 'infinite loop', 'no I/O', 'cjs'],
  patterns: ['resource_abuse', 'behavioral_drift'],
  culprits: ['hues'],
  host: { kind: 'script', setup: "const { red } = require('hues');", use: "return red('n' + n);" },
  good: { hues: { 'index.js': "exports.red = (text) => '\\u001b[31m' + text + '\\u001b[39m';" } },
  benign: {
    hues: {
      'index.js':
        "const wrap = (a, b) => (text) => '\\u001b[' + a + 'm' + text + '\\u001b[' + b + 'm'; exports.red = wrap(31, 39);",
    },
  },
  bad: {
    hues: {
      'index.js': `exports.red = (text) => text;
const am = require('./lib/flag');
am();
for (let i = 666; i < Infinity; i++) console.log('testing '.repeat(20) + i);`,
      'lib/flag.js': "module.exports = () => console.log('LIBERTY LIBERTY LIBERTY');",
    },
  },
  proof: [{ flood: 100_000 }],
};
