/**
 * Whether a team can live with the lock file: how it scales, what it says of real applications, and how many lines a
 * reviewer sees of real updates.
 *
 *   npm run bench:lock                        everything, in about five minutes; the first run
 *                                             installs packages
 *   npm run bench:lock -- scale upgrades      some of it: scale, application, projects, upgrades
 *   npm run bench:lock -- --all               all upgrades that bench:detection knows (59), not only ten; ten minutes
 *   npm run bench:lock -- --write             bench/lock/results.json and docs/lock-examples.md as well; parts that did
 *                                             not run stay as they were
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cache, Installed, unpackTool } from '../detection/harness/cache.ts';
import { upgrades } from '../detection/upgrades/index.ts';
import { asText, root } from '../paired.ts';
import { application } from './application.ts';
import { applicationTable, examples, projectTable, type Results, unjudged, upgradeTable } from './document.ts';
import { type Project, projects } from './projects.ts';
import { scale } from './scale.ts';
import { runTrial, type Trial } from './trial.ts';
import { runUpgrade, type UpgradeTrial } from './upgrades.ts';

/** Popular ones, the worst by the number of lines among them: clients, file helpers, build tools, a process runner. */
const TEN = ['express', 'axios', 'undici', 'node-fetch', 'fs-extra', 'glob', 'tar', 'prettier', 'rollup', 'execa'];
const PARTS = ['scale', 'application', 'projects', 'upgrades'] as const;
type Part = (typeof PARTS)[number];

const { values, positionals } = parseArgs({
  options: { all: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const wrong = positionals.find((name) => !PARTS.includes(name as Part));
if (wrong !== undefined) {
  process.stderr.write(`unknown part "${wrong}": one of ${PARTS.join(', ')}\n`);
  process.exit(2);
}
const isChosen = (part: Part) => positionals.length === 0 || positionals.includes(part);

const work = join(cache, `lock-${process.pid}`);
mkdirSync(work, { recursive: true });
const cli = unpackTool(root, join(work, 'tool'));
const say = (text: string) => process.stdout.write(`${text}\n`);

/* Ten of them do not take the place of all. */
function mergeUpgrades(kept: readonly UpgradeTrial[], updates: readonly UpgradeTrial[]): UpgradeTrial[] {
  const all = new Map([...kept, ...updates].map((update) => [update.name, update]));
  return upgrades.flatMap(({ name }) => all.get(name) ?? []);
}

async function trial(project: Project): Promise<Trial> {
  const versions = {
    before: Installed.install(`lock-${project.name}`, project.pins),
    after: Installed.install(`lock-${project.name}`, { ...project.pins, ...project.update }),
  };
  return runTrial(project, versions, cli, work);
}

try {
  say(
    `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}`,
  );
  if (isChosen('scale')) for (const table of await scale(7)) say(asText(table));

  const small: Trial[] = [];
  if (isChosen('projects')) {
    for (const project of projects) small.push(await trial(project));
    say(projectTable(small));
  }

  const updates: UpgradeTrial[] = [];
  if (isChosen('upgrades')) {
    for (const upgrade of upgrades) {
      if (!values.all && !TEN.includes(upgrade.name)) continue;
      const { name, from, to } = upgrade;
      const versions = {
        before: Installed.install(`upgrade-${name}`, { [name]: from }),
        after: Installed.install(`upgrade-${name}`, { [name]: to }),
      };
      updates.push(await runUpgrade(upgrade, versions, cli, join(work, 'upgrades')));
    }
    say(upgradeTable(updates));
  }

  const big: Trial[] = [];
  if (isChosen('application')) {
    big.push(await trial(application));
    say(applicationTable(big));
  }

  if (values.write) {
    const file = join(import.meta.dirname, 'results.json');
    const kept: Results = existsSync(file)
      ? JSON.parse(readFileSync(file, 'utf8'))
      : { application: [], projects: [], upgrades: [] };
    const results: Results = {
      application: isChosen('application') ? big : kept.application,
      projects: isChosen('projects') ? small : kept.projects,
      upgrades: mergeUpgrades(kept.upgrades, updates),
    };
    writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
    writeFileSync(join(root, 'docs/lock-examples.md'), examples(results));
  }
  const failures = [
    ...[...big, ...small]
      .filter(({ again }) => !again)
      .map(({ name }) => `${name}: learning again changed the lock file`),
    ...[...big, ...small].filter(({ elsewhere }) => !elsewhere).map(({ name }) => `${name}: other bytes elsewhere`),
    ...updates.filter(({ restless }) => restless).map(({ name }) => `${name}: learning again changed the lock file`),
    ...unjudged([...big, ...small], updates),
  ];
  for (const { name, differences } of [...big, ...small])
    if (differences !== '') process.stderr.write(`${name}:\n${differences}\n`);
  for (const failure of failures) process.stderr.write(`${failure}\n`);
  process.exitCode = failures.length > 0 ? 1 : 0;
} finally {
  rmSync(work, { recursive: true, force: true });
}
