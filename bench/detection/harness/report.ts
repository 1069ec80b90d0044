/** The tables of docs/detection-results.md, and the same as JSON. Nothing in them depends on time or place. */
import {
  accusedBy,
  alarms,
  compare,
  DETECTORS,
  judge,
  nameOf,
  noise,
  type Rate,
  rate,
  reaches,
  recall,
  tell,
  type Verdict,
} from './score.ts';
import type { Baseline, BenignRun, Incident, IncidentRun, IncidentSet } from './types.ts';

export interface Results {
  readonly incidents: readonly Incident[];
  readonly incidentRuns: readonly IncidentRun[];
  readonly workloadRuns: readonly BenignRun[];
  readonly upgradeRuns: readonly BenignRun[];
  /** What an incident looks like in each shape of evasion, with a lock of one session. */
  readonly crossRuns: readonly (IncidentRun & { readonly shape: string })[];
  /** Scenarios that did not work at all: name and why. */
  readonly failed: readonly { readonly name: string; readonly why: string }[];
  /** Names of what belongs to the third hold-out, which has a chapter of its own. */
  readonly third?: { readonly incidents: ReadonlySet<string>; readonly workloads: ReadonlySet<string> };
}

const PATTERNS = ['data_exfiltration', 'privilege_escalation', 'shadow_import', 'resource_abuse', 'behavioral_drift'];
const SETS: readonly IncidentSet[] = ['hold-out', 'first'];
const TITLES: Record<IncidentSet, string> = {
  agents: 'Agents',
  'hold-out': 'Hold-out set: written by a second author before the detector was changed',
  first: 'First set: known to the author of the detector while it was made',
};

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

export function asJson(all: Results) {
  const results = ofThird(all, false);
  const verdicts = verdictsOf(results);
  const benign = benignReleases(results);
  const by = <T>(of: (baseline: Baseline) => T) => Object.fromEntries(BASELINES.map((name) => [name, of(name)]));
  const bySet = <T>(of: (set: IncidentSet) => T) =>
    Object.fromEntries([...SETS, 'agents' as const].map((set) => [set, of(set)]));
  const nameSets = setsOf(results);
  const inSet = <R extends { readonly set: IncidentSet }>(runs: readonly R[], set: IncidentSet) =>
    runs.filter((run) => run.set === set);
  return {
    recall: bySet((set) =>
      by((baseline) =>
        recall(verdicts.filter((one) => nameSets.get(one.incident) === set && one.baseline === baseline)),
      ),
    ),
    falsePositives: bySet((set) => ({
      workloads: by((baseline) => noise(okay(inSet(results.workloadRuns, set), baseline))),
      upgrades: by((baseline) => noise(okay(inSet(results.upgradeRuns, set), baseline))),
      benignReleases: by((baseline) => noise(okay(inSet(benign, set), baseline))),
    })),
    detectors: comparison(ofSet(results, (set) => set !== 'agents')),
    cross: crossRows(all),
    third: thirdAsJson(all),
    incidents: verdictsOf(all),
    alarms: {
      workloads: alarms(all.workloadRuns),
      upgrades: alarms(all.upgradeRuns),
      benignReleases: alarms(benignReleases(all)),
    },
    broken: broken(all),
  };
}

function thirdAsJson(all: Results) {
  const results = ofThird(all, true);
  const verdicts = verdictsOf(results);
  const benign = benignReleases(results);
  const by = <T>(of: (baseline: Baseline) => T) => Object.fromEntries(BASELINES.map((name) => [name, of(name)]));
  return {
    recall: by((baseline) => recall(verdicts.filter((one) => one.baseline === baseline))),
    falsePositives: {
      workloads: by((baseline) => noise(okay(results.workloadRuns, baseline))),
      benignReleases: by((baseline) => noise(okay(benign, baseline))),
    },
  };
}

/** What is of one set, and what is not. */
export function ofSet(results: Results, wanted: (set: IncidentSet) => boolean): Results {
  const sets = setsOf(results);
  const isWanted = (incident: string) => wanted(sets.get(incident) ?? 'first');
  return {
    incidents: results.incidents.filter(({ name }) => isWanted(name)),
    incidentRuns: results.incidentRuns.filter(({ incident }) => isWanted(incident)),
    crossRuns: results.crossRuns.filter(({ incident }) => isWanted(incident)),
    workloadRuns: results.workloadRuns.filter(({ set }) => wanted(set)),
    upgradeRuns: results.upgradeRuns.filter(({ set }) => wanted(set)),
    failed: results.failed,
    ...(results.third === undefined ? {} : { third: results.third }),
  };
}

/** What is of the third hold-out, or all but that. */
function ofThird(results: Results, wanted: boolean): Results {
  const { third } = results;
  const isFamily = (name: string) => (third?.incidents.has(name) ?? false) === wanted;
  return {
    ...results,
    incidents: results.incidents.filter(({ name }) => isFamily(name)),
    incidentRuns: results.incidentRuns.filter(({ incident }) => isFamily(incident)),
    crossRuns: results.crossRuns.filter(({ incident }) => isFamily(incident)),
    workloadRuns: results.workloadRuns.filter(({ name }) => (third?.workloads.has(name) ?? false) === wanted),
    upgradeRuns: wanted ? [] : results.upgradeRuns,
  };
}

export const AGENTS_HEADING = '## Agents';

/** The chapter of the agents: incidents in which a tool is misused, and agents at honest work. */
export function agentsAsMarkdown(all: Results): string {
  const results = ofSet(all, (set) => set === 'agents');
  return chapter(
    results,
    ['honest agents', 'honest versions of the incidents'],
    [
      AGENTS_HEADING,
      '',
      'Printed by `npm run bench:detection -- --set agents`. The OpenAI Agents SDK with real tools and a stub model that does what it finds written; the incidents are those of [incidents/agent-*](../bench/detection/incidents), by the author of the rules, so this is no hold-out. "Right package" is the tool.',
      `${familyCount(results)} incident families, ${count(results.workloadRuns)} kinds of honest agents.`,
    ],
  );
}

/** The chapter of the third hold-out, which was written when the first two were known. */
export function thirdAsMarkdown(all: Results): string {
  const results = ofThird(all, true);
  return chapter(
    results,
    ['honest workloads', 'honest releases'],
    [
      '## Third hold-out',
      '',
      'Printed by `npm run bench:detection -- --set third`. Families of other kinds and honest work that looks like them, by the second author, of the detector as it is now; what its first run measured is told below and in [hold-out](../bench/detection/hold-out/README.md).',
      `${familyCount(results)} incident families, ${count(results.workloadRuns)} honest workloads.`,
    ],
  );
}

function chapter(results: Results, [work, releases]: readonly [string, string], head: readonly string[]): string {
  const verdicts = verdictsOf(results);
  const benign = benignReleases(results);
  const wrong = broken({ ...results, failed: [] });
  const lines = [
    ...head,
    '',
    ...recallRows(verdicts),
    '',
    ...familyRows(results.incidents, verdicts),
    '',
    ...table(['', 'LOG', 'WARN', 'ALERT'], [...noiseRows(work, results.workloadRuns), ...noiseRows(releases, benign)]),
    '',
    ...list(capital(work), results.workloadRuns),
    ...list(capital(releases), benign),
    ...wrong.map(({ name, why }) => `- did not work: ${name}: ${cell(why).slice(0, 300)}`),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

export function asMarkdown(all: Results): string {
  const withoutAgents = ofSet(all, (set) => set !== 'agents');
  const results = ofThird(withoutAgents, false);
  const verdicts = verdictsOf(results);
  const families = familyCount(results);
  const benign = benignReleases(results);
  const lines = [
    '# Detection results',
    '',
    'Printed by `npm run bench:detection`; how it is measured is told in [bench/detection](../bench/detection/README.md).',
    `${families} incident families, ${count(results.workloadRuns)} honest workloads, ${count(results.upgradeRuns)} upgrades. In brackets: the 95 % Wilson interval.`,
    '',
    '## Recall',
    '',
    'A finding counts when it names a culprit or has one in its chain. "Right package" is of the runs in which anybody was accused (WARN or above): the worst finding names the package that was changed. "Wrongly accused": somebody else was accused, alone or as well. "Before" is the share of runs that leak a secret in which a finding of WARN or above was written before the first secret byte arrived.',
    '',
    ...SETS.flatMap((set) => recallOf(set, results, verdicts)),
    '## Families',
    '',
    'Level reached without a lock / after 1 session / after 6 sessions / poisoned; `-` is nothing at all, `?` an act that did not happen.',
    '',
    ...SETS.flatMap((set) => familiesOf(set, results, verdicts)),
    '## Other detectors on the same runs',
    '',
    'Recall: a culprit is accused. The others are given the acts and the lock of the very same runs. *Rules only*: the threat patterns without drift and voltage. *Novelty only*: any trait that the lock does not have (a static allow-list of behaviour). *Voltage only*: novelty weighed, below 0.5, computed afterwards from the traits. *Capability list*: a package uses an operation (`net.connect`, `fs.write`, `process.spawn`) that the lock does not have for it, as policies of capabilities do.',
    '',
    ...table(
      ['', 'lock', 'recall, hold-out', 'recall, first', 'honest releases', 'workload runs', 'upgrades'],
      comparison(results).map((row) => [
        row.detector,
        WORDS[row.baseline],
        ...[row.holdOut, row.first, row.benignReleases, row.workloads, row.upgrades].map(show),
      ]),
    ),
    '',
    ...crossOf(withoutAgents),
    '## False positives',
    '',
    'Runs with at least one finding of the level.',
    '',
    ...table(
      ['', 'LOG', 'WARN', 'ALERT'],
      [
        ...SETS.flatMap((set) => [
          ...noiseRows(
            `${set}: workload runs`,
            results.workloadRuns.filter((run) => run.set === set),
          ),
          ...noiseRows(
            `${set}: upgrades`,
            results.upgradeRuns.filter((run) => run.set === set),
          ),
          ...noiseRows(
            `${set}: honest releases of the incident packages`,
            benign.filter((run) => run.set === set),
          ),
        ]),
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

function setsOf({ incidents }: Results): ReadonlyMap<string, IncidentSet> {
  return new Map(incidents.map(({ name, set }) => [name, set ?? 'first']));
}

function recallOf(set: IncidentSet, results: Results, verdicts: readonly Verdict[]): string[] {
  const sets = setsOf(results);
  const mine = verdicts.filter(({ incident }) => sets.get(incident) === set);
  if (mine.length === 0) return [];
  return [
    `### ${TITLES[set]}`,
    '',
    ...recallRows(mine),
    '',
    'By pattern of the original, lock of 1 session:',
    '',
    ...table(
      ['pattern', 'LOG', 'WARN', 'ALERT', 'before'],
      PATTERNS.map((pattern) => {
        const all = recall(
          mine.filter(({ baseline, incident }) => {
            const family = results.incidents.find(({ name }) => name === incident);
            return baseline === 'short' && family?.patterns[0] === pattern;
          }),
        );
        return [pattern, ...[all.log, all.warn, all.alert, all.before].map(show)];
      }),
    ),
    '',
  ];
}

function recallRows(verdicts: readonly Verdict[]): string[] {
  const used = BASELINES.filter((name) => verdicts.some(({ baseline }) => baseline === name));
  return table(
    ['', 'LOG', 'WARN', 'ALERT', 'right package', 'wrongly accused', 'right pattern', 'before'],
    used.map((baseline) => {
      const all = recall(verdicts.filter((verdict) => verdict.baseline === baseline));
      return [
        WORDS[baseline],
        ...[all.log, all.warn, all.alert, all.rightPackage, all.wronglyAccused, all.rightPattern, all.before].map(show),
      ];
    }),
  );
}

function familiesOf(set: IncidentSet, results: Results, verdicts: readonly Verdict[]): string[] {
  const incidents = results.incidents.filter((one) => (one.set ?? 'first') === set);
  if (incidents.length === 0) return [];
  return [`### ${TITLES[set]}`, '', ...familyRows(incidents, verdicts), ''];
}

function familyRows(incidents: readonly Incident[], verdicts: readonly Verdict[]): string[] {
  return table(
    ['family', 'shape', 'level', 'package', 'before', 'patterns told'],
    incidents
      .filter(({ name }) => verdicts.some(({ incident }) => incident === name))
      .sort((a, b) => compare(a.name, b.name))
      .map((incident) => {
        const mine = verdicts.filter((verdict) => verdict.incident === incident.name);
        return [
          incident.name,
          incident.shape.join(', '),
          mine.map(({ state, level }) => (state === 'broken' ? '?' : (level ?? '-'))).join(' / '),
          mine
            .map(({ rightPackage, named }) => (rightPackage ? 'yes' : rightPackage === undefined ? '-' : nameOf(named)))
            .join(' / '),
          mine.map(({ before }) => (before === undefined ? '' : before ? 'yes' : 'no')).join(' / '),
          [...new Set(mine.flatMap(({ patterns }) => patterns))].sort().join(', '),
        ];
      }),
  );
}

function comparison(results: Results) {
  const sets = setsOf(results);
  const benign = benignReleases(results);
  return DETECTORS.flatMap((detector) =>
    (['short', 'long'] as const).map((baseline) => {
      const caught = (set: IncidentSet) => {
        const runs = results.incidentRuns.filter(
          (run) => run.release === 'bad' && run.proven && run.baseline === baseline && sets.get(run.incident) === set,
        );
        const hits = runs.filter((run) => {
          const { culprits } = results.incidents.find(({ name }) => name === run.incident) as Incident;
          return accusedBy(detector, run).some((key) => culprits.includes(nameOf(key)));
        });
        return rate(hits.length, runs.length);
      };
      const noisy = (runs: readonly BenignRun[]) => {
        const valid = okay(runs, baseline);
        return rate(valid.filter((run) => accusedBy(detector, run).length > 0).length, valid.length);
      };
      return {
        detector,
        baseline,
        holdOut: caught('hold-out'),
        first: caught('first'),
        benignReleases: noisy(benign),
        workloads: noisy(results.workloadRuns),
        upgrades: noisy(results.upgradeRuns),
      };
    }),
  ).filter(({ holdOut, first, workloads, upgrades }) => holdOut.of + first.of + workloads.of + upgrades.of > 0);
}

function crossRows({ crossRuns, incidents }: Results) {
  const byName = new Map(incidents.map((incident) => [incident.name, incident]));
  return [...new Set(crossRuns.map(({ shape }) => shape))].map((shape) => {
    const verdicts = crossRuns
      .filter((run) => run.shape === shape)
      .map((run) => judge(byName.get(run.incident) as Incident, run));
    const missed = verdicts.filter(({ state }) => state === 'missed').map(({ incident }) => incident);
    return { shape, ...recall(verdicts), missed: missed.sort() };
  });
}

function crossOf(results: Results): string[] {
  const rows = crossRows(results);
  if (rows.length === 0) return [];
  return [
    '## Each incident in each shape of evasion',
    '',
    'The CommonJS file of the bad release is loaded in the way that the row names (`harness/shapes.ts`); lock of 1 session. An act that did not happen any more is not counted.',
    '',
    ...table(
      ['shape', 'WARN', 'ALERT', 'right package', 'before', 'did not happen', 'missed'],
      rows.map((row) => [
        row.shape,
        ...[row.warn, row.alert, row.rightPackage, row.before].map(show),
        String(row.broken),
        row.missed.join(', '),
      ]),
    ),
    '',
  ];
}

function benignReleases(results: Results): (BenignRun & { readonly name: string })[] {
  const sets = setsOf(results);
  return results.incidentRuns
    .filter(({ release }) => release === 'benign')
    .map(({ incident, baseline, findings, why, recorded }) => ({
      name: incident,
      baseline,
      run: 1,
      ok: why === undefined,
      findings,
      recorded,
      set: sets.get(incident) ?? 'first',
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
      rightPackage === false ? `MISNAMED ${named}` : '',
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

function familyCount({ incidentRuns }: Results): number {
  return new Set(incidentRuns.filter(({ release }) => release === 'bad').map(({ incident }) => incident)).size;
}

function count(runs: readonly BenignRun[]): number {
  return new Set(runs.map(({ name }) => name)).size;
}

export function show(value: Rate | string): string {
  if (typeof value === 'string') return value;
  if (value.of === 0) return '';
  return `${value.hits}/${value.of} [${value.low.toFixed(2)}, ${value.high.toFixed(2)}]`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

function cell(text: string): string {
  return text.replace(/\|/g, '\\|').replace(/\s+/g, ' ');
}
