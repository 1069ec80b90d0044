/* Bundles an application of 600 modules with rollup and two plugins that read files; prints what it took. */
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { rollup } = require('rollup');
const { usage } = require('./report-usage.cjs');

const MODULES = 600;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'diogenesis-build-'));
for (let i = 0; i < MODULES; i++) {
  const imports = [2 * i + 1, 2 * i + 2].filter((next) => next < MODULES);
  const text = imports.map((next) => `import { value as v${next} } from './m${next}.js';\n`).join('');
  fs.writeFileSync(
    path.join(folder, `m${i}.js`),
    `${text}export const value = [${imports.map((n) => `v${n}`)}, ${i}];\n`,
  );
  fs.writeFileSync(path.join(folder, `m${i}.json`), `{"id":${i}}`);
}
const plugins = [
  {
    name: 'resolve',
    resolveId: (id, importer) => (importer === undefined ? id : path.resolve(path.dirname(importer), id)),
  },
  {
    name: 'read',
    load: (id) => fs.promises.readFile(id, 'utf8'),
    transform(code, id) {
      const data = id.replace(/js$/, 'json');
      return fs.existsSync(data)
        ? { code: `${code}export const data = ${fs.readFileSync(data, 'utf8')};`, map: null }
        : null;
    },
  },
];
(async () => {
  const bundle = await rollup({ input: path.join(folder, 'm0.js'), plugins, onwarn() {} });
  await bundle.write({ dir: path.join(folder, 'out'), format: 'es' });
  fs.rmSync(folder, { recursive: true });
  console.log(usage());
})();
