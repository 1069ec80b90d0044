#!/usr/bin/env node
/**
 * The demonstration: a dependency goes bad in a patch release, and the application's own trace says so.
 *
 *   npm start
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startOtlpReceiver } from '../../test/support/otlp-receiver.ts';
import { BAD, COMMAND, GOOD, openShop } from './demo/shop.ts';
import { bad, bold, dim, good, heading, print, said, table, traceTree } from './demo/terminal.ts';

const SESSIONS = 4;
const { dependencies } = JSON.parse(readFileSync(join(import.meta.dirname, 'app/package.json'), 'utf8'));
const command = `-- ${COMMAND.join(' ')}`;
const versions = ['express', 'ejs', 'axios', 'dotenv', 'pino', '@opentelemetry/sdk-node'].map(
  (name) => `${name} ${dependencies[name]}`,
);

const receiver = await startOtlpReceiver();
const shop = await openShop(receiver.url);
try {
  print(bold('A dependency goes bad, and the trace of the application says so'));
  print(dim(`the shop: ${versions.join(', ')}`));
  print(dim(`the dependency: invoice-format ${GOOD}, then ${BAD}`));
  await learn();
  await check();
  await run();
} finally {
  await Promise.all([shop.close(), receiver.close()]);
}

async function learn() {
  heading(1, `Learn what every package does: ${SESSIONS} sessions with requests`, `diogenesis learn ${command}`);
  shop.install(GOOD);
  let before = 0;
  for (let session = 1; session <= SESSIONS; session++) {
    const { code } = await shop.serve(['learn', '--quiet'], { requests: 20 });
    const traits = Object.values(shop.readLock().packages).reduce((sum, { traits }) => sum + traits.length, 0);
    print(
      `   session ${session}  20 requests  ${String(traits - before).padStart(3)} new traits  ${dim(`exit ${code}`)}`,
    );
    before = traits;
  }

  heading(2, 'What the lock file says now', 'diogenesis.lock.json');
  const { packages } = shop.readLock();
  const shown = ['<app>', `axios@${dependencies.axios}`, `ejs@${dependencies.ejs}`, `invoice-format@${GOOD}`];
  for (const key of shown) {
    const entry = packages[key];
    if (entry === undefined) continue;
    print(`   ${bold(key)} ${dim(entry.state)}`);
    for (const trait of entry.traits.slice(0, 4)) print(`     ${trait}`);
    if (entry.traits.length > 4) print(dim(`     … ${entry.traits.length - 4} more`));
  }
  print(dim(`   … and ${Object.keys(packages).length - shown.filter((key) => packages[key]).length} other packages`));
}

async function check() {
  heading(3, `invoice-format moves to ${BAD}: the check refuses`, `diogenesis check ${command}`);
  shop.install(BAD);
  const { code, stdout, stderr } = await shop.serve(['check'], { requests: 5 });
  const report = `${stdout}${stderr}`.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('{'));
  for (const line of report) print(said(line));
  print(`   ${code === 0 ? good('exit 0') : bad(`exit ${code}`)}`);
}

async function run() {
  heading(4, 'It runs all the same, and requests come in', `diogenesis run ${command}`);
  receiver.clear();
  const { code } = await shop.serve(['run'], {
    requests: 8,
    onStderr: (line) => print(said(line)),
    beforeStop: () => receiver.waitFor(() => receiver.metric('diogenesis.findings').some(isAlert) && findingSpan()),
  });
  print(`   ${dim(`exit ${code}, the shop's own`)}`);

  const found = findingSpan();
  print();
  print(bold(`   The trace of that request, as it arrived at ${receiver.url}`));
  traceTree(receiver.spans().filter(({ traceId }) => traceId === found?.traceId));

  const record = receiver
    .logs()
    .find(({ eventName, severityText }) => eventName === 'diogenesis.finding' && severityText === 'ERROR');
  if (record !== undefined) {
    print();
    print(bold('   The log record of the worst of it'));
    print(`   ${record.eventName}  ${record.severityText}  trace ${record.traceId.slice(0, 8)}…`);
    print(`   ${record.attributes['diogenesis.finding.reason']}`);
  }

  print();
  print(bold('   Metrics and voltages (1 behaves as its baseline, 0 not at all)'));
  table(
    ['diogenesis.findings', 'diogenesis.behaviors', 'diogenesis.field.coherence', 'diogenesis.voltage'].flatMap(
      (name) =>
        receiver
          .metric(name)
          .filter(({ attributes, value }) => value > 0 || attributes['diogenesis.package.name'] !== undefined)
          .map(({ attributes, value }) => [name, describe(attributes), Number(value.toFixed(2))]),
    ),
  );
  print();
  print(dim(`   what invoice-format took was a made-up token, and it went to ${shop.collector}`));
}

function describe({ 'diogenesis.package.name': name, 'diogenesis.package.version': version, ...rest }) {
  if ('diogenesis.novel' in rest) return `${rest['diogenesis.sense']}, ${rest['diogenesis.novel'] ? 'novel' : 'known'}`;
  return [...Object.values(rest), version === undefined ? name : `${name}@${version}`].filter(Boolean).join(' ');
}

function isAlert({ attributes }) {
  return attributes['diogenesis.finding.level'] === 'ALERT';
}

/** The request's span that carries the finding. */
function findingSpan() {
  return receiver.spans().find(({ kind, events }) => kind === 2 && events.some(isAlert));
}
