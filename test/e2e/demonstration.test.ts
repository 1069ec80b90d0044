import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { BAD, GOOD, openShop, type Shop } from '../../examples/compromised-dependency/demo/shop.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver.ts';

const BAD_KEY = `invoice-format@${BAD}`;

/** A shop that learned the good version, and a collector for it: everything is exported, as in production. */
async function learnedShop(t: TestContext): Promise<{ shop: Shop; receiver: OtlpReceiver }> {
  const receiver = await startOtlpReceiver();
  t.after(() => receiver.close());
  const shop = await openShop(receiver.url);
  t.after(() => shop.close());
  shop.install(GOOD);
  for (let session = 0; session < 2; session++) {
    const { code, stderr } = await shop.serve(['learn'], { requests: 5 });
    assert.equal(code, 0, stderr);
  }
  receiver.clear();
  return { shop, receiver };
}

const findingsOf = (file: string): { level: string; package: { name: string } }[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

test('a dependency that goes bad is named, as ALERT, on the trace of the request that it abused', async (t) => {
  const { shop, receiver } = await learnedShop(t);
  shop.install(BAD);

  const { code, stderr, stdout } = await shop.serve(['run'], {
    requests: 4,
    beforeStop: () =>
      receiver.waitFor(
        ({ spans, logs, metric }) =>
          spans().some(({ kind, events }) => kind === 2 && events.some(({ attributes }) => isAlert(attributes))) &&
          logs().some(({ attributes }) => isAlert(attributes)) &&
          metric('diogenesis.findings').some(({ attributes }) => isAlert(attributes)),
      ),
  });
  assert.equal(code, 0, 'the exit status stays the application’s own');
  assert.ok(shop.collected.length > 0, 'the attack really happened');
  assert.doesNotMatch(stdout, /diogenesis/i, 'stdout stays the application’s');
  assert.match(stderr, /ALERT.*data_exfiltration.*invoice-format@1\.0\.1/);

  const request = receiver
    .spans()
    .find(({ kind, events }) => kind === 2 && events.some(({ attributes }) => isAlert(attributes)));
  assert.ok(request);
  assert.match(request.name, /^GET \/invoices/);
  assert.equal(request.attributes['diogenesis.threat.level'], 'ALERT');
  const events = request.events.filter(({ name }) => name === 'diogenesis.finding');
  const alert = events.find(({ attributes }) => isAlert(attributes));
  assert.equal(alert?.attributes['diogenesis.finding.pattern'], 'data_exfiltration');
  for (const { attributes } of events) {
    assert.deepEqual(
      [attributes['diogenesis.package.name'], attributes['diogenesis.package.version']],
      ['invoice-format', BAD],
      'neither the HTTP client nor the application is blamed',
    );
  }

  const act = receiver
    .spans()
    .find(({ name, events }) => name === 'net.connect' && events.some(({ attributes }) => isAlert(attributes)));
  assert.ok(act);
  assert.equal(act.traceId, request.traceId, 'the act is part of the request’s trace');
  assert.ok((act.attributes['diogenesis.package.chain'] as string[]).includes(BAD_KEY));

  const record = receiver.logs().find(({ attributes }) => isAlert(attributes));
  assert.deepEqual([record?.eventName, record?.severityNumber], ['diogenesis.finding', 17]);
  assert.equal(record?.traceId, request.traceId);

  const counted = receiver.metric('diogenesis.findings').filter(({ attributes }) => isAlert(attributes));
  assert.deepEqual(
    counted.map(({ attributes, value }) => [attributes['diogenesis.package.name'], value]),
    [['invoice-format', 1]],
    'one finding, however often it happens',
  );
  const voltage = receiver
    .metric('diogenesis.voltage')
    .find(({ attributes }) => attributes['diogenesis.package.name'] === 'invoice-format');
  assert.ok(voltage && voltage.value < 0.4, 'its voltage is critical');

  const secrets = JSON.stringify([receiver.spans(), receiver.logs(), receiver.metrics(), stderr]);
  assert.ok(!secrets.includes('not-a-real-token'), 'what was read never leaves through telemetry');
});

test('check refuses the version that does more, and is content with the one that was learned', async (t) => {
  const { shop } = await learnedShop(t);
  const before = readFileSync(join(shop.folder, 'diogenesis.lock.json'), 'utf8');

  const same = await shop.serve(['check'], { requests: 5 });
  assert.equal(same.code, 0, same.stderr);

  shop.install(BAD);
  const other = await shop.serve(['check', '--quiet'], { requests: 5 });
  assert.equal(other.code, 3, other.stderr);
  const report = `${other.stdout}${other.stderr}`;
  assert.match(report, /invoice-format@1\.0\.1/);
  assert.match(report, /\+ fs\.read:<home>\/\.npmrc \[credential\]/);
  assert.doesNotMatch(report, /\+ .*<app>|axios@.*does/);
  assert.equal(readFileSync(join(shop.folder, 'diogenesis.lock.json'), 'utf8'), before, 'nothing is written');
});

test('the version that was learned serves 200 requests without a finding above LOG', async (t) => {
  const { shop } = await learnedShop(t);
  const file = join(shop.folder, 'findings.jsonl');

  const { code, stderr } = await shop.serve(['run', '--findings', file], { requests: 200 });
  assert.equal(code, 0);
  assert.doesNotMatch(stderr, /\b(WARN|ALERT)\b/);
  let findings: ReturnType<typeof findingsOf> = [];
  try {
    findings = findingsOf(file);
  } catch {
    // no finding, no file
  }
  assert.deepEqual(
    findings.filter(({ level }) => level !== 'LOG'),
    [],
  );
});

test('npm start tells the whole story, plainly in a pipe', async () => {
  const script = join(import.meta.dirname, '../../examples/compromised-dependency/run.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  assert.doesNotMatch(stdout, /\u001b/);
  const story = [
    /Learn what every package does/,
    /session 1/,
    /invoice-format@1\.0\.0/,
    /the check refuses/,
    /\+ fs\.read:<home>\/\.npmrc \[credential\]/,
    /exit 3/,
    /ALERT data_exfiltration invoice-format@1\.0\.1/,
    /GET \/invoices\/:id {2}ALERT/,
    /net\.connect .* axios@\S+ ← invoice-format@1\.0\.1 ← <app>/,
    /diogenesis\.findings +ALERT data_exfiltration invoice-format +1/,
    /diogenesis\.voltage +invoice-format@1\.0\.1/,
  ];
  let at = 0;
  for (const part of story) {
    const found = part.exec(stdout.slice(at));
    assert.ok(found, `${part} in its place in\n${stdout}`);
    at += found.index;
  }
});

function isAlert(attributes: Readonly<Record<string, unknown>>): boolean {
  return attributes['diogenesis.finding.level'] === 'ALERT';
}
