/**
 * Runs every technique of evading Diogenesis on several versions of Node and says what was seen of it.
 *
 *   npm run bench:evasion                         every technique on this Node, 22 and 26
 *   npm run bench:evasion -- --nodes 24,26        some versions (installed into a cache when they are missing)
 *   npm run bench:evasion -- --filter worker      some techniques, by name
 *   npm run bench:evasion -- --first-contact      without a lock file
 *   npm run bench:evasion -- --no-audit           not under --permission-audit as well, where Node has it
 *   npm run bench:evasion -- --write              writes docs/evasion.md
 *   npm run bench:evasion -- --gate               fails below the targets of docs/evasion.md
 *   npm run bench:evasion -- --json FILE --verbose
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { writeLimits } from '../../scripts/limits-page.ts';
import { nodeOf, versionOf } from '../nodes.ts';
import { judge } from './judge.ts';
import { asJson, asMarkdown, type Column, type Outcome, totalsOf } from './report.ts';
import { type Ran, type RunOptions, stage } from './stage.ts';
import type { Technique } from './technique.ts';
import { TECHNIQUES } from './techniques/index.ts';

const root = path.join(import.meta.dirname, '../..');
const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'diogenesis-otel');
const { values } = parseArgs({
  allowNegative: true,
  options: {
    nodes: { type: 'string', default: '22,24,26' },
    filter: { type: 'string' },
    register: { type: 'string', default: path.join(root, 'dist/register.js') },
    'first-contact': { type: 'boolean', default: false },
    audit: { type: 'boolean', default: true },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
    gate: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    jobs: { type: 'string', default: String(Math.max(1, os.availableParallelism())) },
  },
});

if (!fs.existsSync(values.register)) {
  process.stderr.write(`${values.register} is not built: npm run build\n`);
  process.exit(1);
}

/* Any addon will do: that one is loaded is the act. */
function findAddon(): string | undefined {
  const modules = path.join(root, 'node_modules');
  for (const name of fs.globSync('**/*.node', { cwd: modules })) return path.join(modules, name);
  return undefined;
}

const addon = findAddon();
const chosen = TECHNIQUES.filter(({ name }) => values.filter === undefined || new RegExp(values.filter).test(name));
const folder = path.join(cache, `evasion-${process.pid}`);
fs.mkdirSync(folder, { recursive: true });
const columns: Column[] = [];
/* Of what was tried, seen and rightly attributed: plain, and with the audit. */
const TARGETS = { plain: 0.8, audit: 0.9 };
try {
  for (const major of values.nodes.split(',')) {
    const node = nodeOf(major);
    const version = versionOf(node);
    for (const audit of values.audit && hasAudit(node) ? [false, true] : [false]) {
      const title = `Node ${version}${audit ? ', --audit' : ''}${values['first-contact'] ? ', no lock' : ''}`;
      const options = { node, register: values.register, folder, audit, locked: !values['first-contact'], addon };
      const column = await runAll(title, Number(major), options);
      columns.push(column);
      const { tried, seen, right, loud } = totalsOf(column);
      process.stderr.write(
        `${title}: ${tried} tried, ${seen} seen, ${right} rightly, ${loud} of them at WARN or above\n`,
      );
      if (values.gate && right < tried * TARGETS[audit ? 'audit' : 'plain']) process.exitCode = 1;
    }
  }
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
const markdown = asMarkdown(chosen, columns);
if (values.json !== undefined) fs.writeFileSync(values.json, asJson(chosen, columns));
if (values.write) {
  fs.writeFileSync(path.join(root, 'docs/evasion.md'), markdown);
  writeLimits(root);
}
process.stdout.write(markdown);

function hasAudit(node: string): boolean {
  const code = "process.exit(process.allowedNodeEnvironmentFlags.has('--permission-audit') ? 0 : 1)";
  try {
    execFileSync(node, ['-e', code]);
    return true;
  } catch {
    return false;
  }
}

async function runAll(title: string, major: number, options: RunOptions): Promise<Column> {
  const outcomes = new Map<Technique, Outcome>(chosen.map((technique) => [technique, 'absent']));
  const waiting = chosen.filter(({ node, deed }) => {
    const [first, last] = node ?? [0, Number.POSITIVE_INFINITY];
    return major >= first && major <= last && (deed !== 'native' || options.addon !== undefined);
  });
  const work = async (): Promise<void> => {
    for (let technique = waiting.shift(); technique !== undefined; technique = waiting.shift()) {
      const ran = await stage(technique, options);
      const verdict = judge(technique, ran.findings, ran.traits);
      // What was refused or crashed is no success of anybody.
      outcomes.set(technique, ran.happened ? verdict : 'did not happen');
      if (values.verbose) explain(title, technique, ran);
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, work));
  return { title, outcomes };
}

function explain(title: string, technique: Technique, ran: Ran): void {
  const lines = [`── ${title} · ${technique.name} · happened: ${ran.happened} · exit ${ran.code}`];
  for (const { level, by, trait, pattern, chain } of ran.findings) {
    lines.push(`   ${level} ${pattern} ${by}  ${trait}  [${chain.join(' ← ')}]`);
  }
  for (const { by, trait } of ran.traits) lines.push(`   trait ${by}  ${trait}`);
  if (!ran.happened) lines.push(ran.stderr.slice(0, 1200));
  process.stderr.write(`${lines.join('\n')}\n`);
}
