/**
 * Ways of hiding that work around any payload: the bad package's own files are moved aside and loaded in another way.
 * The techniques themselves, one by one, are bench/evasion; here each meets each incident.
 */
import type { Files, Incident, Packages } from './types.ts';

export interface Shape {
  readonly name: string;
  /** What stands in the place of the file; `file` is the name of the real one beside it. */
  readonly wrap: (file: string) => string;
}

const read = (file: string) => `require('fs').readFileSync(require('path').join(__dirname, '${file}'), 'utf8')`;
const head = '(function (exports, require, module, __filename, __dirname) {';
const call = '(module.exports, require, module, __filename, __dirname)';

export const SHAPES: readonly Shape[] = [
  {
    name: 'new Function',
    wrap: (file) => `new Function('exports', 'require', 'module', '__filename', '__dirname', ${read(file)})${call};`,
  },
  {
    name: 'vm under a forged name',
    wrap: (file) =>
      `require('vm').runInThisContext('${head}' + ${read(file)} + '\\n})', { filename: 'node:internal/fs/read' })${call};`,
  },
  {
    name: 'Module._compile as the application',
    wrap: (file) =>
      `const M = require('module'), m = new M(module.id, module); m.paths = module.paths;
m._compile('const __dir = ' + JSON.stringify(__dirname) + ';' + ${read(file)}.replaceAll('__dirname', '__dir'), require('path').join(process.cwd(), 'main.js')); module.exports = m.exports;`,
  },
  {
    name: 'stack tampering',
    wrap: (file) =>
      `Error.stackTraceLimit = 0; Error.prepareStackTrace = () => ''; module.exports = require('./${file}');`,
  },
  {
    name: 'replaced prototypes',
    wrap: (file) =>
      `for (const [C, names] of [[Map, ['get', 'has']], [Set, ['has']]]) for (const name of names) { const real = C.prototype[name]; C.prototype[name] = function (key) { const found = real.call(this, key); return typeof key === 'string' && key.includes('@1.0.1') ? (name === 'get' ? undefined : false) : found; }; }
module.exports = require('./${file}');`,
  },
  {
    name: 'getBuiltinModule, bound',
    wrap: (file) =>
      `const get = (id) => { const m = process.getBuiltinModule(id); if (!m) return require(id); const copy = {}; for (const k of Object.keys(m)) copy[k] = typeof m[k] === 'function' && !m[k].prototype ? m[k].bind(m) : m[k]; return copy; };
require('vm').compileFunction(${read(file)}, ['exports', 'require', 'module', '__filename', '__dirname'], { filename: require('path').join(__dirname, '${file}') })(module.exports, get, module, __filename, __dirname);`,
  },
  {
    name: 'from a timer of its own',
    // What is exported has to be there at once; what is done by it is put off.
    wrap: (file) =>
      `const timers = require('timers'), promises = require('timers/promises'); let real; const load = () => (real ??= require('./${file}'));
promises.setTimeout(5).then(() => timers.setImmediate(load)); module.exports = new Proxy(function () {}, { get: (_, key) => load()[key], apply: (_, self, args) => load().apply(self, args), construct: (_, args) => new (load())(...args) });`,
  },
];

/** The incident in this shape; undefined where it has no CommonJS file to put into it. */
export function inShape(incident: Incident, shape: Shape): Incident | undefined {
  let isChanged = false;
  const bad: Record<string, Files> = {};
  for (const [name, files] of Object.entries(incident.bad as Packages)) {
    const manifest = JSON.parse(files['package.json'] ?? incident.good[name]?.['package.json'] ?? '{}');
    const commands = Object.values((manifest.scripts ?? {}) as Record<string, string>).join(' ');
    const wrapped: Record<string, string> = {};
    for (const [file, text] of Object.entries(files)) {
      // The file that npm or the application starts with; what it requires comes along.
      const isStart = commands === '' ? file === 'index.js' : commands.includes(file);
      if (manifest.type === 'module' || !isStart || !/\.c?js$/.test(file) || file.includes('/')) {
        wrapped[file] = text;
        continue;
      }
      const real = file.replace(/\.(c?js)$/, '.real.$1');
      wrapped[file] = shape.wrap(real);
      wrapped[real] = text;
      isChanged = true;
    }
    bad[name] = wrapped;
  }
  return isChanged ? { ...incident, bad } : undefined;
}
