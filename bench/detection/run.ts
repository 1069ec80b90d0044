/**
 * Error rates of the detector, on reconstructed incidents and on honest work.
 *
 *   npm run bench:detection                       everything, written to docs/detection-results.md and results.json
 *   npm run bench:detection -- --only NAME[,NAME]  some scenarios, printed only
 *   npm run bench:detection -- --kind incidents    one kind: incidents, workloads or upgrades
 *   npm run bench:detection -- --full              ten varied runs of each workload instead of three
 *   npm run bench:detection -- --keep              keeps the folders of the runs
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cache, Installed, unpackTool } from './harness/cache.ts';
import { type Bench, runIncident } from './harness/incident.ts';
import { asJson, asMarkdown, asWorkList, type Results } from './harness/report.ts';
import { compare } from './harness/score.ts';
import type { BenignRun, Incident, IncidentRun } from './harness/types.ts';
import { runUpgrade, runWorkload } from './harness/workload.ts';
import { incidents } from './incidents/index.ts';
import { upgrades } from './upgrades/index.ts';
import { workloads } from './workloads/index.ts';
import pins from './workloads/package.json' with { type: 'json' };

/** Two cores: more would only make timings vary. */
const LANES = 2;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    kind: { type: 'string' },
    full: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    list: { type: 'string' },
    repeats: { type: 'string' },
  },
});
const only = values.only?.split(',');
const repeats = Number(values.repeats ?? (values.full ? 10 : 3));
const isChosen = (kind: string, name: string) =>
  (values.kind === undefined || values.kind === kind) && (only === undefined || only.includes(name));

const work = join(cache, `run-${process.pid}`);
mkdirSync(work, { recursive: true });
const cli = unpackTool(join(import.meta.dirname, '../..'), join(work, 'tool'));
const once = <T>(make: () => T) => {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
};
const real = once(() => Installed.install('workloads', pins.dependencies));
const versionsOf = (which: 'from' | 'to') =>
  once(() =>
    Installed.install(
      `upgrades-${which}`,
      Object.fromEntries(upgrades.map((upgrade) => [upgrade.name, upgrade[which]])),
    ),
  );
const from = versionsOf('from');
const to = versionsOf('to');
const benchFor = (kind: string): Bench => ({ cli, work: join(work, kind), real });

const chosen: Incident[] = incidents.filter(({ name }) => isChosen('incidents', name));
const incidentRuns: IncidentRun[] = [];
const workloadRuns: BenignRun[] = [];
const upgradeRuns: BenignRun[] = [];
const failed: { name: string; why: string }[] = [];

const jobs = [
  ...chosen.map((incident) => ({
    name: incident.name,
    run: async () => incidentRuns.push(...(await runIncident(incident, benchFor('incidents')))),
  })),
  ...workloads
    .filter(({ name }) => isChosen('workloads', name))
    .map((workload) => ({
      name: workload.name,
      run: async () => workloadRuns.push(...(await runWorkload(workload, benchFor('workloads'), repeats))),
    })),
  ...upgrades
    .filter(({ name }) => isChosen('upgrades', name))
    .map((upgrade) => ({
      name: `${upgrade.name} ${upgrade.from} → ${upgrade.to}`,
      run: async () => upgradeRuns.push(...(await runUpgrade(upgrade, benchFor('upgrades'), { from, to }))),
    })),
];
const started = Date.now();
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

const results: Results = {
  incidents: chosen,
  incidentRuns: incidentRuns.sort((a, b) => compare(a.incident, b.incident)),
  workloadRuns: workloadRuns.sort((a, b) => compare(a.name, b.name)),
  upgradeRuns: upgradeRuns.sort((a, b) => compare(a.name, b.name)),
  failed,
};
const markdown = asMarkdown(results);
process.stdout.write(only === undefined ? markdown : asWorkList(results) + markdown);
process.stderr.write(`${((Date.now() - started) / 1000).toFixed(0)} s\n`);
if (values.list !== undefined) writeFileSync(values.list, asWorkList(results));
if (only === undefined && values.kind === undefined) {
  writeFileSync(join(import.meta.dirname, '../../docs/detection-results.md'), markdown);
  writeFileSync(join(import.meta.dirname, 'results.json'), `${JSON.stringify(asJson(results), null, 2)}\n`);
}
if (!values.keep) rmSync(work, { recursive: true, force: true });
process.exitCode = failed.length > 0 ? 1 : 0;
