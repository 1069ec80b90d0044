/** The tables of docs/detection-results.md, and the same as JSON. Nothing in them depends on time or place. */
import { alarms, compare, judge, nameOf, noise, type Rate, reaches, recall, tell, type Verdict } from './score.ts';
import type { Baseline, BenignRun, Incident, IncidentRun } from './types.ts';

export interface Results {
  readonly incidents: readonly Incident[];
  readonly incidentRuns: readonly IncidentRun[];
  readonly workloadRuns: readonly BenignRun[];
  readonly upgradeRuns: readonly BenignRun[];
  /** Scenarios that did not work at all: name and why. */
  readonly failed: readonly { readonly name: string; readonly why: string }[];
}

const BASELINES: readonly Baseline[] = ['none', 'short', 'long', 'poisoned'];
const WORDS: Record<Baseline, string> = {
  none: 'no lock (first contact)',
  short: 'lock of 1 session',
  long: 'lock of 6 sessions',
  poisoned: 'poisoned learning',
};

export function verdictsOf({ incidents, incidentRuns }: Results): Verdict[] {
  const byName = new Map(incidents.map((incident) => [incident.name, incident]));
  return incidentRuns
    .filter(({ release }) => release === 'bad')
    .map((run) => judge(byName.get(run.incident) as Incident, run))
    .sort((a, b) => compare(a.incident, b.incident) || BASELINES.indexOf(a.baseline) - BASELINES.indexOf(b.baseline));
}

export function asJson(results: Results): object {
  const verdicts = verdictsOf(results);
  const benign = benignReleases(results);
  const by = <T>(of: (baseline: Baseline) => T) => Object.fromEntries(BASELINES.map((name) => [name, of(name)]));
  return {
    recall: by((baseline) => recall(verdicts.filter((verdict) => verdict.baseline === baseline))),
    falsePositives: {
      workloads: by((baseline) => noise(okay(results.workloadRuns, baseline))),
      upgrades: by((baseline) => noise(okay(results.upgradeRuns, baseline))),
      benignReleases: by((baseline) => noise(okay(benign, baseline))),
    },
    incidents: verdicts,
    alarms: {
      workloads: alarms(results.workloadRuns),
      upgrades: alarms(results.upgradeRuns),
      benignReleases: alarms(benign),
    },
    broken: broken(results),
  };
}

export function asMarkdown(results: Results): string {
  const verdicts = verdictsOf(results);
  const families = new Set(verdicts.map(({ incident }) => incident)).size;
  const benign = benignReleases(results);
  const used = BASELINES.filter((name) => verdicts.some(({ baseline }) => baseline === name));
  const lines = [
    '# Detection results',
    '',
    'Printed by `npm run bench:detection`; how it is measured is told in [bench/detection](../bench/detection/README.md).',
    `${families} incident families, ${count(results.workloadRuns)} honest workloads, ${count(results.upgradeRuns)} upgrades. In brackets: the 95 % Wilson interval.`,
    '',
    '## Recall',
    '',
    'A finding counts when it names a culprit or has one in its chain. "Before" is the share of runs that leak a secret in which a finding of WARN or above was written before the first secret byte arrived.',
    '',
    ...table(
      ['', 'LOG', 'WARN', 'ALERT', 'right package', 'right pattern', 'before'],
      used.map((baseline) => {
        const all = recall(verdicts.filter((verdict) => verdict.baseline === baseline));
        return [WORDS[baseline], all.log, all.warn, all.alert, all.rightPackage, all.rightPattern, all.before].map(
          show,
        );
      }),
    ),
    '',
    '## Families',
    '',
    'Level reached without a lock / after 1 session / after 6 sessions / poisoned; `-` is nothing at all, `?` an act that did not happen.',
    '',
    ...table(
      ['family', 'shape', 'level', 'package', 'before', 'patterns told'],
      results.incidents
        .filter(({ name }) => verdicts.some(({ incident }) => incident === name))
        .sort((a, b) => compare(a.name, b.name))
        .map((incident) => {
          const mine = verdicts.filter((verdict) => verdict.incident === incident.name);
          return [
            incident.name,
            incident.shape.join(', '),
            mine.map(({ state, level }) => (state === 'broken' ? '?' : (level ?? '-'))).join(' / '),
            mine.map(({ rightPackage, named }) => (rightPackage ? 'yes' : nameOf(named) || '-')).join(' / '),
            mine.map(({ before }) => (before === undefined ? '' : before ? 'yes' : 'no')).join(' / '),
            [...new Set(mine.flatMap(({ patterns }) => patterns))].sort().join(', '),
          ];
        }),
    ),
    '',
    '## False positives',
    '',
    'Runs with at least one finding of the level.',
    '',
    ...table(
      ['', 'LOG', 'WARN', 'ALERT'],
      [
        ...noiseRows('workload runs', results.workloadRuns),
        ...noiseRows('upgrades', results.upgradeRuns),
        ...noiseRows('honest releases of the incident packages', benign),
      ],
    ),
    '',
    ...list('Workloads', results.workloadRuns),
    ...list('Upgrades', results.upgradeRuns),
    ...list('Honest releases', benign),
  ];
  const wrong = broken(results);
  if (wrong.length > 0) {
    lines.push('## Did not work', '', ...wrong.map(({ name, why }) => `- ${name}: ${cell(why).slice(0, 300)}`), '');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

function benignReleases({ incidentRuns }: Results): (BenignRun & { readonly name: string })[] {
  return incidentRuns
    .filter(({ release }) => release === 'benign')
    .map(({ incident, baseline, findings, why }) => ({
      name: incident,
      baseline,
      run: 1,
      ok: why === undefined,
      findings,
    }));
}

function broken(results: Results): { name: string; why: string }[] {
  return [
    ...results.failed,
    ...results.incidentRuns.flatMap(({ incident, release, baseline, why }) =>
      why === undefined ? [] : [{ name: `${incident} ${release} (${WORDS[baseline]})`, why }],
    ),
    ...[...results.workloadRuns, ...results.upgradeRuns].flatMap(({ name, baseline, why }) =>
      why === undefined ? [] : [{ name: `${name} (${WORDS[baseline]})`, why }],
    ),
  ].sort((a, b) => compare(a.name, b.name));
}

function okay<T extends { readonly ok: boolean; readonly baseline: Baseline }>(runs: readonly T[], of: Baseline): T[] {
  return runs.filter(({ ok, baseline }) => ok && baseline === of);
}

function noiseRows(what: string, runs: readonly BenignRun[]): string[][] {
  return BASELINES.filter((name) => runs.some(({ baseline }) => baseline === name)).map((baseline) => {
    const { log, warn, alert } = noise(okay(runs, baseline));
    return [`${what}, ${WORDS[baseline]}`, show(log), show(warn), show(alert)];
  });
}

function list(title: string, runs: readonly BenignRun[]): string[] {
  const told = alarms(runs);
  if (told.length === 0) return [];
  return [
    `### ${title}`,
    '',
    ...told.map(({ name, baselines, runs: times, text }) => `- ${name} (${baselines}; ${times} runs): \`${text}\``),
    '',
  ];
}

/** What the detector's author needs to look at, with the command that shows it again. */
export function asWorkList(results: Results): string {
  const lines = ['# Misses, late, misnamed'];
  for (const verdict of verdictsOf(results)) {
    const { incident, baseline, state, level, rightPackage, named, before } = verdict;
    const faults = [
      state === 'broken' ? 'BROKEN SCENARIO (not the detector)' : '',
      state === 'missed' ? `MISSED (best: ${level ?? 'nothing'})` : '',
      state === 'seen' && !rightPackage ? `MISNAMED ${named}` : '',
      state === 'seen' && !verdict.rightPattern ? `PATTERN ${verdict.patterns.join(', ')}` : '',
      state === 'seen' && before === false ? 'LATE' : '',
    ].filter(Boolean);
    if (faults.length === 0) continue;
    lines.push(`- ${incident} [${baseline}]: ${faults.join('; ')}`);
    const run = results.incidentRuns.find(
      (one) => one.incident === incident && one.baseline === baseline && one.release === 'bad',
    );
    for (const finding of (run?.findings ?? []).slice(0, 8)) {
      const lag = run?.leakedAt === undefined ? '' : ` ${finding.time - run.leakedAt} ms after the leak`;
      lines.push(`    ${tell(finding)} <- ${finding.chain.join(' <- ')}${lag}`);
    }
    if (run?.why) lines.push(`    ${run.why}`);
  }
  lines.push('', '# False positives');
  for (const [what, runs] of [
    ['workload', results.workloadRuns],
    ['upgrade', results.upgradeRuns],
    ['honest release', benignReleases(results)],
  ] as const) {
    for (const run of runs) {
      const serious = run.findings.filter(({ level }) => reaches(level, 'WARN'));
      if (serious.length === 0) continue;
      lines.push(`- ${what} ${run.name} [${run.baseline}] run ${run.run}`);
      for (const finding of serious.slice(0, 4)) {
        lines.push(`    ${tell(finding)} <- ${finding.chain.join(' <- ')}`, `      ${finding.reason}`);
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

function count(runs: readonly BenignRun[]): number {
  return new Set(runs.map(({ name }) => name)).size;
}

function show(value: Rate | string): string {
  if (typeof value === 'string') return value;
  if (value.of === 0) return '';
  return `${value.hits}/${value.of} [${value.low.toFixed(2)}, ${value.high.toFixed(2)}]`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

function cell(text: string): string {
  return text.replace(/\|/g, '\\|').replace(/\s+/g, ' ');
}
