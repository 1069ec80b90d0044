import { techniques } from '../technique.ts';

const STEAL = `process.getBuiltinModule('node:fs').copyFileSync(process.env.SECRET, process.env.LOOT)`;
/* As they are on npm, in a line each: what they do with the text and the name that they are given. */
const TOOLS = {
  lodash: [
    '4.17.21',
    `exports.template = (text) => { const f = Function('obj', 'return ' + text + '\\n//# sourceURL=lodash.templateSources[0]\\n'); f.source = text; return f; };`,
  ],
  'require-from-string': [
    '2.0.2',
    `const Module = require('node:module'); module.exports = (code, filename) => { const m = new Module(filename, module.parent); m.filename = filename; m.paths = []; m._compile(code, filename); return m.exports; };`,
  ],
  'safe-eval': [
    '0.4.1',
    `const vm = require('node:vm'); module.exports = (code, context, options) => vm.runInNewContext('RESULT = ' + code, context, options);`,
  ],
  ejs: [
    '3.1.10',
    `exports.compile = (text, options) => new Function('locals', 'with (locals) { ' + text + ' }\\n//# sourceURL=' + options.filename + '\\n');`,
  ],
} as const;

function tool(name: keyof typeof TOOLS): Record<string, string> {
  const [version, code] = TOOLS[name];
  return {
    [`node_modules/${name}/package.json`]: JSON.stringify({ name, version, main: 'index.js' }),
    [`node_modules/${name}/index.js`]: code,
  };
}

/** Well-known packages that turn text into code, and believe what they are told of it. */
export const BORROWED_TOOLS = techniques('own', [
  {
    name: 'template-later',
    deed: 'read',
    says: 'a timer calls a template that lodash has compiled',
    files: tool('lodash'),
    evil: `exports.run = () => setTimeout(require('lodash').template(${JSON.stringify(STEAL)}), 1);`,
  },
  {
    name: 'template-handed-over',
    deed: 'read',
    limit:
      'text that gives itself a name hides where it was made: whoever is nearest when it is first met is taken for its maker',
    says: 'a template that lodash has compiled is called by the innocent package',
    files: tool('lodash'),
    evil: `exports.run = (innocent) => innocent.call(require('lodash').template(${JSON.stringify(STEAL)}));`,
  },
  {
    name: 'template-of-innocent-file',
    deed: 'read',
    says: "a template of ejs with the innocent package's file name, called by a timer",
    files: tool('ejs'),
    evil: `exports.run = () => setTimeout(require('ejs').compile(${JSON.stringify(STEAL)}, { filename: require.resolve('innocent') }), 1, {});`,
  },
  {
    name: 'required-from-string',
    deed: 'read',
    says: "require-from-string with the innocent package's file name",
    files: tool('require-from-string'),
    evil: `exports.run = () => require('require-from-string')(${JSON.stringify(STEAL)}, require.resolve('innocent'));`,
  },
  {
    name: 'required-from-string-later',
    deed: 'read',
    says: 'the same, and the code acts in a timer',
    files: tool('require-from-string'),
    evil: `exports.run = () => require('require-from-string')(${JSON.stringify(`setTimeout(() => ${STEAL}, 1)`)}, require.resolve('innocent'));`,
  },
  {
    name: 'safely-evaluated',
    deed: 'read',
    says: "safe-eval with the innocent package's file name",
    files: tool('safe-eval'),
    evil: `exports.run = () => require('safe-eval')(${JSON.stringify(`setTimeout(() => ${STEAL}, 1)`)}, { process, setTimeout }, { filename: require.resolve('innocent') });`,
  },
]);
