import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startOtlpReceiver } from '../support/otlp-receiver.ts';
import { type FindingLine, VictimApp } from '../support/victim-app.ts';

/* Every file of the system that `labels` reads is a finding, and where it connects to. */
const HOUSE_RULES = ['fs.read:/etc/hosts', 'fs.read:/etc/hostname', 'fs.read:/etc/os-release', 'net.connect:*'].map(
  (trait, i) => ({ name: `house_${i}`, sequence: [trait], level: 'WARN' }),
);
const READS = `
const fs = require('node:fs');
exports.act = (file = 'hosts') => { try { fs.readFileSync('/etc/' + file); } catch {} };
exports.call = () => fetch('http://127.0.0.1:9').catch(() => {});
exports.take = () => require('diogenesis-otel').configure({ onFinding() {} });`;

async function run(main: string, env: NodeJS.ProcessEnv = {}) {
  await using app = await VictimApp.create();
  app.labels('1.0.1', READS);
  app.write('main.js', `const { activate, configure } = require('diogenesis-otel');\n${main}`);
  app.write('diogenesis.config.json', JSON.stringify({ patterns: HOUSE_RULES }));
  const ran = await app.run(['main.js'], { DIOGENESIS_QUIET: '1', ...env });
  const said = ran.stdout.split('\n').filter((line) => line !== '');
  return { ...ran, said, findings: app.findings() };
}

describe('onFinding', { concurrency: true }, () => {
  it('is called with each finding, once it is written and what is running has returned', async () => {
    const { said, findings, stderr } = await run(`
      const { readFileSync } = require('node:fs');
      activate({ onFinding: ({ id, level, principal }) => {
        console.log(level, principal.key, readFileSync(process.env.DIOGENESIS_FINDINGS, 'utf8').includes(id), new Error().stack.includes('labels'));
      } });
      require('labels').act();
      console.log('returned');`);
    assert.deepEqual(said, ['returned', 'WARN labels@1.0.1 true false'], stderr);
    assert.equal(findings.length, 1);
  });

  it('is called although the process exits at once', async () => {
    const { said } = await run(`
      activate({ onFinding: ({ level }) => console.log(level) });
      require('labels').act();
      process.exit();`);
    assert.deepEqual(said, ['WARN']);
  });

  it('may fail as it likes: the application goes on, and it is counted', async () => {
    const receiver = await startOtlpReceiver();
    try {
      const { said, stderr, code } = await run(
        `
        let calls = 0;
        activate({ onFinding: () => {
          console.log('called');
          if (++calls === 1) throw new Error('of the pager');
          return Promise.reject(new Error('of the network'));
        } });
        require('labels').act();
        setImmediate(() => { require('labels').act('hostname'); setImmediate(() => console.log('goes on')); });`,
        { DIOGENESIS_OTLP_ENDPOINT: receiver.url },
      );
      assert.deepEqual([code, said], [0, ['called', 'called', 'goes on']], stderr);
      assert.equal(stderr.match(/^diogenesis: onFinding failed \(Error: of the pager\)/gm)?.length, 1, stderr);
      assert.doesNotMatch(stderr, /of the network/);
      assert.deepEqual(
        receiver
          .metric('diogenesis.self.errors')
          .map(({ value, attributes }) => [attributes['diogenesis.sense'], value]),
        [['onFinding', 2]],
      );
    } finally {
      await receiver.close();
    }
  });

  it('is not called for what it brings about itself, now or later, but others still are told of it', async () => {
    const { said, findings } = await run(`
      const labels = require('labels');
      const files = ['os-release', 'hostname'];
      activate({ onFinding: async ({ trait }) => {
        console.log(trait);
        labels.act(files.pop());
        await new Promise((done) => setTimeout(done, 20));
        labels.act(files.pop());
        await labels.call();
      } });
      labels.act();`);
    assert.deepEqual(said, ['fs.read:/etc/hosts']);
    assert.deepEqual(
      findings.map(({ trait }) => trait),
      ['fs.read:/etc/hosts', 'fs.read:/etc/hostname', 'fs.read:/etc/os-release', 'net.connect:127.0.0.1:9'],
    );
  });

  it('does its own work outside of the request and the tool in which the finding was made', async () => {
    const { said } = await run(`
      const { AsyncLocalStorage } = require('node:async_hooks');
      const request = new AsyncLocalStorage();
      activate({ onFinding: () => console.log(String(request.getStore())) });
      request.run('request 1', () => require('labels').act());`);
    assert.deepEqual(said, ['undefined']);
  });

  it('can be given by the application to what the preload has started, and no dependency does that unseen', async () => {
    const { said, findings } = await run(
      `
      configure({ onFinding: ({ level }) => console.log(level) });
      require('labels').act();
      require('labels').take();`,
      { NODE_OPTIONS: '--require diogenesis-otel/register' },
    );
    assert.deepEqual([said[0], said.at(-1)], ['WARN', 'ALERT']);
    const { rule, package: by } = findings.at(-1) as FindingLine;
    assert.deepEqual([rule.name, by.name], ['switched-off-by-dependency', 'labels']);
  });
});
