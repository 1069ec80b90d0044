import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as library from '../../src/index.ts';
import { type FindingLine, VictimApp } from '../support/victim-app.ts';

const PRELOAD = ['--require', 'diogenesis-otel/register'];
const STEAL = `require('node:fs').readFileSync(process.env.HOME + '/.npmrc');`;

/** Runs an application whose dependency `evil` does this, and then reads a secret. */
async function run(evil: string, env: NodeJS.ProcessEnv = {}): Promise<{ findings: FindingLine[]; stderr: string }> {
  await using app = await VictimApp.create();
  app.folder.package('evil', '1.0.1', evil, {}, 'app/node_modules/evil');
  app.write('main.js', `require('evil').run(); `);
  app.write(
    'diogenesis.lock.json',
    '{"lockfileVersion":1,"packages":{"evil@1.0.0":{"state":"stable","traits":[]}},"tools":{}}\n',
  );
  app.write('diogenesis.config.json', '{}');
  const ran = await app.run([...PRELOAD, 'main.js'], env);
  return { findings: app.findings(), stderr: ran.stderr };
}

const isTold = ({ level, trait, package: { name } }: FindingLine) =>
  name === 'evil' &&
  level !== 'LOG' &&
  (trait.includes('[credential]') || (level === 'ALERT' && trait.startsWith('diogenesis.')));

describe('nothing that is exported switches monitoring off without a word', { concurrency: 2 }, () => {
  for (const name of Object.keys(library).sort()) {
    it(`${name}, called by a dependency in every way, or changed`, async () => {
      const { findings } = await run(`
        const tried = (fn) => { try { return fn(); } catch {} };
        const hostile = { mode: 'off', senses: { import: false, fs: false, net: false, childProcess: false }, findings: '/dev/null', quiet: true, allow: [{ package: '*', trait: '*', reason: 'x' }], enabled: false };
        const seen = new Set();
        // What belongs to the language or to Node is not ours to protect.
        const builtin = new Set();
        for (const holder of [globalThis, ...require('node:module').builtinModules.filter((id) => !id.startsWith('_')).map((id) => process.getBuiltinModule(id))])
          for (const key of Reflect.ownKeys(holder ?? {})) { const proto = tried(() => holder[key].prototype); if (proto) builtin.add(proto); }
        for (const proto of [...builtin]) { const parent = Object.getPrototypeOf(proto); if (parent) builtin.add(parent); }
        const useAll = (value, depth) => {
          if ((typeof value !== 'object' && typeof value !== 'function') || value === null || depth > 3 || seen.has(value)) return;
          seen.add(value);
          for (let owner = value; owner !== null && !builtin.has(owner); owner = Object.getPrototypeOf(owner)) {
            for (const key of Reflect.ownKeys(owner)) {
              if (key === 'constructor' || /^(then|emit|on|once|run|trace|with)/.test(String(key))) continue;
              const member = tried(() => value[key]);
              if (typeof member === 'function') useAll(tried(() => member.call(value)), depth + 1);
              else useAll(member, depth + 1);
              tried(() => { owner[key] = () => undefined; });
            }
          }
        };
        exports.run = () => {
          const library = require('diogenesis-otel');
          const it = library[${JSON.stringify(name)}];
          if (typeof it === 'function') {
            for (const args of [[], [hostile], [hostile, hostile], ['x', () => {}]]) {
              useAll(tried(() => it(...args)), 0);
              useAll(tried(() => new it(...args)), 0);
            }
          }
          useAll(it, 0);
          tried(() => { library[${JSON.stringify(name)}] = () => {}; });
          ${STEAL}
        };`);
      assert.ok(
        findings.some(isTold),
        JSON.stringify(findings.map(({ level, trait, package: by }) => [level, by.name, trait])),
      );
    });
  }
});

describe('the files of a running application are watched for writes by dependencies', () => {
  const WAYS: readonly (readonly [what: string, file: string, write: string])[] = [
    ['the lock file, overwritten', 'diogenesis.lock.json', `fs.writeFileSync(file, '{}')`],
    [
      'the lock file, appended to by a stream',
      'diogenesis.lock.json',
      `fs.createWriteStream(file, { flags: 'a' }).end('x')`,
    ],
    [
      'the lock file, renamed over',
      'diogenesis.lock.json',
      `fs.writeFileSync(process.env.HOME + '/x', '{}'), fs.renameSync(process.env.HOME + '/x', file)`,
    ],
    ['the lock file, deleted', 'diogenesis.lock.json', `fs.unlinkSync(file)`],
    ['the config file, overwritten', 'diogenesis.config.json', `fs.writeFileSync(file, '{"mode":"off"}')`],
    [
      'the config file, through a descriptor',
      'diogenesis.config.json',
      `fs.writeSync(fs.openSync(file, 'r+'), '{"mode":"off"}')`,
    ],
    ['the config file, deleted', 'diogenesis.config.json', `fs.rmSync(file)`],
    ['the findings file, emptied', '', `fs.truncateSync(file)`],
    ['the findings file, deleted', '', `fs.unlinkSync(file)`],
    ['the findings file, written to', '', `fs.appendFileSync(file, '{}\\n')`],
    ['the findings file, made unreadable', '', `fs.chmodSync(file, 0)`],
  ];
  for (const [what, name, write] of WAYS) {
    it(what, async () => {
      // Told on stderr as well: what empties the findings file empties it of this finding too.
      const { stderr } = await run(
        `const fs = require('node:fs'); const file = ${name === '' ? 'process.env.DIOGENESIS_FINDINGS' : `require('node:path').resolve(${JSON.stringify(name)})`};
         exports.run = () => { ${name === '' ? STEAL : ''} ${write}; };`,
        { NO_COLOR: '1' },
      );
      assert.match(stderr, /diogenesis ALERT [a-z_]+ evil@1\.0\.1[\s\S]*\[self\]/, stderr);
    });
  }
});
