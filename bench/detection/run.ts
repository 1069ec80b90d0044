/**
 * Error rates of the detector, on reconstructed incidents and on honest work.
 *
 *   npm run bench:detection                       everything, written to docs/detection-results.md and results.json
 *   npm run bench:detection -- --only NAME[,NAME]  some scenarios, printed only
 *   npm run bench:detection -- --kind incidents    one kind: incidents, workloads, upgrades or cross
 *   npm run bench:detection -- --set agents        one set: first, hold-out, third or agents; that of the agents is written
 *   npm run bench:detection -- --quick             two baselines, one run of each workload, nothing written
 *   npm run bench:detection -- --full              ten varied runs of each workload instead of three; installations in each shape
 *   npm run bench:detection -- --fresh             nothing kept from an earlier run is used
 *   npm run bench:detection -- --kept              what was found before, nothing is run
 *   npm run bench:detection -- --times 3           says which verdicts differ between so many fresh runs
 *   npm run bench:detection -- --keep              keeps the folders of the runs
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeLimits } from '../../scripts/limits-page.ts';
import { cache, Installed, unpackTool } from './harness/cache.ts';
import { type Bench, CROSS, QUICK, runIncident, WHOLE } from './harness/incident.ts';
import { fingerprint, Memo } from './harness/memo.ts';
import {
  AGENTS_HEADING,
  agentsAsMarkdown,
  asJson,
  asMarkdown,
  asWorkList,
  type Results,
  thirdAsMarkdown,
  verdictsOf,
} from './harness/report.ts';
import { compare } from './harness/score.ts';
import { inShape, SHAPES } from './harness/shapes.ts';
import type { BenignRun, Incident, IncidentRun, IncidentSet } from './harness/types.ts';
import { runUpgrade, runWorkload } from './harness/workload.ts';
import { beforeAsMarkdown } from './hold-out/before.ts';
import pinsOfHoldOut from './hold-out/package.json' with { type: 'json' };
import pinsOfThird from './hold-out/workloads-3.json' with { type: 'json' };
import { incidents, ofThirdHoldOut as thirdIncidents } from './incidents/index.ts';
import { upgrades } from './upgrades/index.ts';
import { ofThirdHoldOut as thirdWorkloads, workloads } from './workloads/index.ts';
import pins from './workloads/package.json' with { type: 'json' };

/** Two cores: more would only make timings vary. */
const LANES = 2;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    kind: { type: 'string' },
    set: { type: 'string' },
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
    kept: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    list: { type: 'string' },
    json: { type: 'string' },
    repeats: { type: 'string' },
    times: { type: 'string', default: '1' },
  },
});
const only = values.only?.split(',');
const repeats = Number(values.repeats ?? (values.full ? 10 : values.quick ? 1 : 3));
const times = Number(values.times);
const isOfAgents = values.set === 'agents' && only === undefined && values.kind === undefined && !values.quick;
const isWhole = only === undefined && values.kind === undefined && values.set === undefined && !values.quick;
const third = { incidents: thirdIncidents, workloads: thirdWorkloads };
const isThird = (kind: string, name: string) =>
  kind !== 'upgrades' && (kind === 'workloads' ? thirdWorkloads : thirdIncidents).has(name);
const isChosen = (kind: string, name: string, set: IncidentSet = 'first') =>
  (values.kind === undefined || values.kind === kind) &&
  (values.set === undefined || values.set === (isThird(kind, name) ? 'third' : set)) &&
  (only === undefined || only.includes(name));

const repository = join(import.meta.dirname, '../..');
const work = join(cache, `run-${process.pid}`);
mkdirSync(work, { recursive: true });
const cli = unpackTool(repository, join(work, 'tool'));
const base = fingerprint([join(repository, 'dist'), join(import.meta.dirname, 'harness')]);
const once = <T>(make: () => T) => {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
};
const real = {
  first: once(() => Installed.install('workloads', pins.dependencies)),
  'hold-out': once(() => Installed.install('hold-out', pinsOfHoldOut.dependencies)),
  third: once(() => Installed.install('third', pinsOfThird.dependencies)),
};
const versionsOf = (which: 'from' | 'to', set: IncidentSet) =>
  once(() =>
    Installed.install(
      `upgrades-${which}`,
      Object.fromEntries(
        upgrades.filter((one) => (one.set ?? 'first') === set).map((upgrade) => [upgrade.name, upgrade[which]]),
      ),
    ),
  );
const versions = {
  first: { from: versionsOf('from', 'first'), to: versionsOf('to', 'first') },
  'hold-out': { from: versionsOf('from', 'hold-out'), to: versionsOf('to', 'hold-out') },
};
const benchFor = (kind: string, from: keyof typeof real = 'first'): Bench => ({
  cli,
  work: join(work, kind),
  real: real[from],
});
const packagesOf = ({ name, set }: { readonly name: string; readonly set?: IncidentSet }): keyof typeof real =>
  thirdWorkloads.has(name) ? 'third' : set === 'hold-out' ? set : 'first';

const extent = values.quick ? QUICK : WHOLE;
const chosen: Incident[] = incidents.filter(({ name, set }) => isChosen('incidents', name, set));
/* An installation costs ten times what the rest does: those are crossed on demand. */
const isCrossed = ({ name, set, host }: Incident) =>
  set !== 'agents' && isChosen('cross', name, set) && (host.kind !== 'npm' || values.full || only !== undefined);
const crossed: Incident[] = values.quick ? [] : incidents.filter(isCrossed);

async function measure(memo: Memo): Promise<Results> {
  const incidentRuns: IncidentRun[] = [];
  const crossRuns: (IncidentRun & { shape: string })[] = [];
  const workloadRuns: BenignRun[] = [];
  const upgradeRuns: BenignRun[] = [];
  const failed: { name: string; why: string }[] = [];
  const jobs = [
    ...chosen.map((incident) => ({
      name: incident.name,
      run: async () => {
        const run = () => runIncident(incident, benchFor('incidents'), extent);
        incidentRuns.push(...(await memo.get(['incident', incident, extent], orKept(run))));
      },
    })),
    ...workloads
      .filter(({ name, set }) => isChosen('workloads', name, set))
      .map((workload) => ({
        name: workload.name,
        run: async () => {
          const baselines = values.quick ? (['none', 'short'] as const) : undefined;
          const run = () => runWorkload(workload, benchFor('workloads', packagesOf(workload)), repeats, baselines);
          workloadRuns.push(...(await memo.get(withoutKeys(['workload', workload, repeats, baselines]), orKept(run))));
        },
      })),
    ...upgrades
      .filter(({ name, set }) => isChosen('upgrades', name, set))
      .map((upgrade) => ({
        name: `${upgrade.name} ${upgrade.from} → ${upgrade.to}`,
        run: async () => {
          const baselines = values.quick ? (['short'] as const) : undefined;
          const run = () =>
            runUpgrade(
              upgrade,
              benchFor('upgrades'),
              versions[upgrade.set === 'hold-out' ? upgrade.set : 'first'],
              baselines,
            );
          upgradeRuns.push(...(await memo.get(['upgrade', upgrade, baselines], orKept(run))));
        },
      })),
    ...crossed.flatMap((incident) =>
      SHAPES.flatMap((shape) => {
        const changed = inShape(incident, shape);
        if (changed === undefined) return [];
        return {
          name: `${incident.name}, ${shape.name}`,
          run: async () => {
            const at = benchFor(`cross-${SHAPES.indexOf(shape)}`);
            const runs = await memo.get(
              ['cross', changed],
              orKept(() => runIncident(changed, at, CROSS)),
            );
            crossRuns.push(...runs.map((run) => ({ ...run, shape: shape.name })));
          },
        };
      }),
    ),
  ];
  const total = jobs.length;
  const lane = async () => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      const at = Date.now();
      let said = '';
      try {
        await job.run();
      } catch (error) {
        said = `  ${(error as Error).message}`;
        failed.push({ name: job.name, why: (error as Error).message });
      }
      process.stderr.write(
        `${String(total - jobs.length).padStart(3)}/${total} ${job.name} ${((Date.now() - at) / 1000).toFixed(1)} s${said}\n`,
      );
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const order = SHAPES.map(({ name }) => name);
  return {
    incidents: chosen.length > 0 ? chosen : crossed,
    incidentRuns: incidentRuns.sort((a, b) => compare(a.incident, b.incident)),
    crossRuns: crossRuns.sort(
      (a, b) => order.indexOf(a.shape) - order.indexOf(b.shape) || compare(a.incident, b.incident),
    ),
    workloadRuns: workloadRuns.sort((a, b) => compare(a.name, b.name)),
    upgradeRuns: upgradeRuns.sort((a, b) => compare(a.name, b.name)),
    failed,
    third,
  };
}

/** What must be the same every time: what was seen, of whom, how loudly. */
function outcomeOf(results: Results): Map<string, string> {
  const outcomes = new Map<string, string>();
  for (const verdict of verdictsOf(results)) {
    const { incident, baseline, state, level, rightPackage, before } = verdict;
    outcomes.set(`${incident} [${baseline}]`, [state, level, rightPackage, before].join(' '));
  }
  for (const { name, baseline, run, findings } of [...results.workloadRuns, ...results.upgradeRuns]) {
    outcomes.set(`${name} [${baseline}] ${run}`, String(findings.filter(({ level }) => level !== 'LOG').length));
  }
  return outcomes;
}

/* Private keys are made anew each time, and make no other scenario of it. */
const withoutKeys = (scenario: unknown) =>
  JSON.parse(JSON.stringify(scenario).replace(/-----BEGIN .*?-----END [A-Z ]*-----/gs, 'a private key'));
/* A scenario that was never run is told as such. */
const NOT_RUN = 'not run';
const orKept = <T>(run: () => Promise<T>): (() => Promise<T>) =>
  values.kept ? () => Promise.reject(new Error(NOT_RUN)) : run;

const started = Date.now();
const measured = await measure(new Memo(base, values.fresh || times > 1));
const results: Results = { ...measured, failed: measured.failed.filter(({ why }) => why !== NOT_RUN) };
const notRun = measured.failed.filter(({ why }) => why === NOT_RUN);
const differing = new Map<string, string[]>();
if (times > 1) {
  const all = [outcomeOf(results)];
  while (all.length < times) all.push(outcomeOf(await measure(new Memo(base, true))));
  for (const [name, outcome] of all[0] as Map<string, string>) {
    const others = all.map((one) => one.get(name) ?? 'did not work');
    if (others.some((other) => other !== outcome)) differing.set(name, others);
  }
  process.stdout.write(`${all[0]?.size} outcomes, ${differing.size} of them differ over ${times} runs\n`);
  for (const [name, outcomes] of differing) process.stdout.write(`- ${name}: ${outcomes.join(' / ')}\n`);
}
const { failed } = results;
const isAll = values.kind === undefined && only === undefined;
const agents = isAll || values.set === 'agents' ? `\n${agentsAsMarkdown(results)}` : '';
const missing =
  notRun.length === 0
    ? ''
    : `\n## Not run\n\nWith this build ${notRun.length} scenarios were not run: ${notRun.map(({ name }) => name).join('; ')}.\n`;
const hasChapter = values.set === 'agents' || values.set === 'third';
const ofThird = only !== undefined || isAll || values.set === 'third' ? `\n${thirdAsMarkdown(results)}` : '';
const markdown =
  (hasChapter ? '' : asMarkdown(results)) + missing + ofThird + agents + (isAll ? beforeAsMarkdown() : '');
process.stdout.write(only === undefined ? markdown : asWorkList(results) + markdown);
process.stderr.write(`${((Date.now() - started) / 1000).toFixed(0)} s\n`);
if (values.list !== undefined) writeFileSync(values.list, asWorkList(results));
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(asJson(results), null, 2)}\n`);
const page = join(repository, 'docs/detection-results.md');
const file = join(import.meta.dirname, 'results.json');
if (isWhole) {
  writeFileSync(page, markdown);
  writeFileSync(file, `${JSON.stringify(asJson(results), null, 2)}\n`);
} else if (isOfAgents) {
  writeFileSync(page, withAgents(readFileSync(page, 'utf8')));
  writeFileSync(file, `${JSON.stringify(merged(JSON.parse(readFileSync(file, 'utf8'))), null, 2)}\n`);
}
if (isWhole || isOfAgents) writeLimits(repository);
if (!values.keep) rmSync(work, { recursive: true, force: true });
process.exitCode = failed.length > 0 ? 1 : 0;

/** The page with this chapter: in its place, or in front of the last one. */
function withAgents(text: string): string {
  const chapter = agentsAsMarkdown(results);
  const chapters = text.split(/^(?=## )/m);
  const at = chapters.findIndex((one) => one.startsWith(AGENTS_HEADING));
  if (at >= 0) chapters[at] = `${chapter}\n`;
  else chapters.splice(-1, 0, `${chapter}\n`);
  return `${chapters.join('').trimEnd()}\n`;
}

/** What was measured of everybody else stays. */
function merged(before: ReturnType<typeof asJson>): object {
  const now = asJson(results);
  const names = new Set(chosen.map(({ name }) => name));
  const incidents = [...before.incidents.filter(({ incident }) => !names.has(incident)), ...now.incidents];
  return {
    ...before,
    recall: { ...before.recall, agents: now.recall.agents },
    falsePositives: { ...before.falsePositives, agents: now.falsePositives.agents },
    incidents: incidents.sort((a, b) => compare(a.incident, b.incident)),
  };
}
