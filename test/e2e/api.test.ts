import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VictimApp } from '../support/victim-app.ts';

/** Runs a script against the built package in an app of its own; the script prints one JSON value. */
async function ask(script: string, env: NodeJS.ProcessEnv = {}, files: Record<string, string> = {}) {
  await using app = await VictimApp.create();
  for (const [name, text] of Object.entries(files)) app.write(name, text);
  app.write('main.js', `const d = require('diogenesis-otel'); const labels = require('labels');\n${script}`);
  const ran = await app.run(['main.js'], env);
  assert.equal(ran.code, 0, ran.stderr);
  return {
    answer: ran.stdout === '' ? undefined : JSON.parse(ran.stdout),
    stderr: ran.stderr,
    findings: app.findings(),
  };
}

const say = (expression: string) => `console.log(JSON.stringify(${expression}));`;

describe('the API', () => {
  it('puts every patched function back on deactivate', async () => {
    const { answer } = await ask(`
      const modules = ['fs', 'fs/promises', 'net', 'dns', 'dns/promises', 'dgram', 'child_process', 'worker_threads', 'module', 'http', 'https', 'vm', 'v8'];
      const objects = () => [...modules.map((name) => require(name)), require('net').Socket.prototype, require('net').Server.prototype,
        require('child_process').ChildProcess.prototype, require('dgram').Socket.prototype, require('module').prototype, process, globalThis];
      const shot = () => objects().map((object) => Object.getOwnPropertyNames(object).map((name) => {
        const { value, get, set } = Object.getOwnPropertyDescriptor(object, name);
        return [name, value, get, set];
      }));
      const before = shot();
      const handle = d.activate({ quiet: true });
      const changed = shot().flat().filter(([, value], i) => typeof value === 'function' && value !== before.flat()[i]?.[1]).length;
      handle.deactivate();
      const after = shot();
      const differing = after.flatMap((object, o) => object.filter((property, p) => property.some((part, i) => !Object.is(part, before[o][p]?.[i]))).map(([name]) => modules[o] + '.' + name));
      ${say('{ changed, differing, active: d.status().active }')}`);
    assert.ok(answer.changed > 100, `${answer.changed} functions were patched`);
    assert.deepEqual(answer.differing, []);
    assert.equal(answer.active, false);
  });

  it('tells status, field, threats, alerts, log, voltage, history, graph, baseline and investigations of a theft', async () => {
    const { answer } = await ask(`
      d.activate({ quiet: true });
      labels.act().then(() => ${say(`{
        status: d.status(), field: d.fieldState(), summary: d.threatSummary(), alerts: d.alerts(), log: d.log(),
        voltage: d.moduleVoltage('labels'), exact: d.moduleVoltage('labels@1.0.1'), history: d.voltageHistory('labels@1.0.1'),
        graph: d.connectionGraph(), baseline: d.baseline(), investigations: d.investigations(1),
      }`).replace(/;$/, '')});`);
    assert.equal(answer.status.active, true);
    assert.equal(answer.status.mode, 'observe');
    assert.deepEqual(answer.status.senses, { import: true, fs: true, net: true, childProcess: true });
    assert.ok(answer.status.findings.ALERT >= 1);
    assert.ok(answer.status.behaviors.novel >= 2);
    assert.ok(answer.field.fieldCoherence < 1);
    assert.ok(answer.field.critical.includes('labels@1.0.1'));
    assert.ok(answer.field.modules['labels@1.0.1'].voltage < 0.4);
    assert.ok(answer.summary.threats >= 1);
    assert.match(answer.summary.incidents[0], /ALERT data_exfiltration labels@1\.0\.1/);
    assert.equal(answer.alerts[0].principal.key, 'labels@1.0.1');
    assert.ok(answer.log.length >= answer.alerts.length);
    assert.equal(answer.voltage, answer.exact);
    assert.ok(answer.history.length >= 1);
    assert.ok(answer.graph.nodes.some(({ id }: { id: string }) => id === 'labels@1.0.1'));
    assert.ok(answer.graph.edges.length >= 1);
    assert.ok(Object.keys(answer.baseline).includes('labels@1.0.1'));
    assert.equal(answer.investigations[0].verdict, 'THREAT');
    assert.ok(answer.investigations[0].evidence.length >= 2);
  });

  it('gives idle answers while nothing is active', async () => {
    const { answer } = await ask(
      say(
        `[d.status().active, d.fieldState().fieldCoherence, d.alerts(), d.log(), d.moduleVoltage('x'), d.voltageHistory(), d.baseline(), d.connectionGraph()]`,
      ),
    );
    assert.deepEqual(answer, [false, 1, [], [], 1, [], {}, { nodes: [], edges: [] }]);
  });

  it('stays off in mode off', async () => {
    const { answer } = await ask(
      `const fs = require('fs'), before = fs.readFileSync; d.activate();
      ${say('[d.status().active, fs.readFileSync === before]')}`,
      { DIOGENESIS_MODE: 'off' },
    );
    assert.deepEqual(answer, [false, true]);
  });

  it('takes a pattern of the user, and survives one that throws', async () => {
    const { answer, stderr } = await ask(`
      d.activate();
      d.addPattern({ name: 'house_rule', sequence: ['fs.read:*'], level: 'WARN' });
      d.addPattern({ name: 'broken_rule', sequence: ['fs.read:*'], when() { throw new Error('oops'); } });
      require('fs').readFileSync('/etc/hostname');
      require('fs').readFileSync('/etc/hosts');
      ${say(`d.alerts().map(({ pattern }) => pattern)`)}`);
    assert.ok(answer.includes('house_rule'));
    assert.equal(stderr.match(/broken_rule/g)?.length, 1, stderr);
  });

  it('answers a bad pattern with one clear TypeError', async () => {
    const { answer } = await ask(`d.activate({ quiet: true });
      try { d.addPattern({ name: 'x', sequence: 'fs.read:*' }); } catch (error) { ${say('[error.name, error.message]')} }`);
    assert.equal(answer[0], 'TypeError');
    assert.match(answer[1], /sequence/);
    assert.equal(answer[1].includes('\n'), false);
  });

  it('applies configure to what runs', async () => {
    const { answer } = await ask(
      `d.activate({ quiet: true }); d.configure({ mode: 'block' }); ${say('d.status().mode')}`,
    );
    assert.equal(answer, 'block');
  });

  it('blocks before the act in mode block, in the shape of the API, and the app goes on', async () => {
    const { answer, findings } = await ask(`
      d.activate({ quiet: true, mode: 'block' });
      labels.act().then((error) => ${say('[error?.code, error?.name]').replace(/;$/, '')});`);
    assert.equal(answer[0], 'ERR_DIOGENESIS_BLOCKED');
    const alert = findings.find(({ level }) => level === 'ALERT');
    assert.equal(alert?.blocked, true);
    assert.match(`${alert?.file}:${alert?.line}`, /node_modules\/.*\.js:\d+$/);
  });
});

describe('bad input is one clear line, and the app goes on', () => {
  const lines = (stderr: string) => stderr.split('\n').filter((line) => line.startsWith('diogenesis:'));

  for (const [what, files, env, expected] of [
    [
      'a config file that is not JSON',
      { 'diogenesis.config.json': '{ "mode": ' },
      {},
      /diogenesis\.config\.json:1:\d+/,
    ],
    ['an unknown key', { 'diogenesis.config.json': '{ "moode": "observe" }' }, {}, /moode.*mode/],
    ['a wrong type', { 'diogenesis.config.json': '{ "quiet": "yes" }' }, {}, /quiet/],
    ['a config file that is not there', {}, { DIOGENESIS_CONFIG: 'nowhere.json' }, /nowhere\.json/],
    [
      'a lock file that is broken',
      { 'diogenesis.lock.json': '{ "lockfileVersion": 1,' },
      {},
      /diogenesis\.lock\.json.*1:\d+|diogenesis\.lock\.json:1/,
    ],
    ['an unknown mode', {}, { DIOGENESIS_MODE: 'watch' }, /DIOGENESIS_MODE/],
    ['an endpoint that is no URL', {}, { DIOGENESIS_OTLP_ENDPOINT: 'not a url' }, /DIOGENESIS_OTLP_ENDPOINT/],
    [
      'a findings file that cannot be written',
      {},
      { DIOGENESIS_FINDINGS: '/dev/null/findings' },
      /findings cannot be written/,
    ],
  ] as const) {
    it(what, async () => {
      const { answer, stderr } = await ask(
        `d.activate(); labels.act().then(() => ${say('d.status().active').replace(/;$/, '')});`,
        env,
        files,
      );
      assert.equal(answer, true);
      assert.equal(lines(stderr).length, 1, stderr);
      assert.match(stderr, expected);
    });
  }
});

describe('a tool of an AI agent', () => {
  it('is a principal of its own beneath withTool', async () => {
    const { answer } = await ask(`d.activate({ quiet: true });
      d.withTool('summarise', () => labels.act()).then(() => ${say(`[d.moduleVoltage('tool:summarise'), d.alerts()[0].chain]`).replace(/;$/, '')});`);
    assert.ok(answer[0] < 1);
    assert.ok(answer[1].includes('tool:summarise'));
  });

  it('is told by the GenAI attributes of the active span', async () => {
    const { answer } = await ask(
      `
      const { NodeSDK } = require('@opentelemetry/sdk-node');
      const { trace } = require('@opentelemetry/api');
      const sdk = new NodeSDK(d.withDiogenesis({ traceExporter: { export(_, done) { done({ code: 0 }); }, shutdown: async () => {} } }, { quiet: true }));
      sdk.start();
      const tracer = trace.getTracer('agent');
      tracer.startActiveSpan('execute_tool read_mail', { attributes: { 'gen_ai.tool.name': 'read_mail' } }, (tool) =>
        tracer.startActiveSpan('inner', async (inner) => {
          await labels.act();
          inner.end(); tool.end();
          ${say(`d.alerts()[0].chain`)}
        }));`,
      { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
    );
    assert.ok(answer.includes('tool:read_mail'), String(answer));
  });
});
