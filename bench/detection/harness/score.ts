/** From runs to numbers. Pure. */
import {
  type Baseline,
  type BenignRun,
  type Incident,
  type IncidentRun,
  LEVELS,
  type Level,
  type Told,
} from './types.ts';

export interface Verdict {
  readonly incident: string;
  readonly baseline: Baseline;
  readonly state: 'broken' | 'missed' | 'seen';
  /** The highest level among the findings that concern a culprit. */
  readonly level: Level | undefined;
  /**
   * Whether the worst finding names a culprit, whatever else was told of it; undefined where nobody was accused. It does
   * not ask whether the incident counts as seen.
   */
  readonly rightPackage: boolean | undefined;
  /** Packages that a finding of WARN or above names and that had no part in it. */
  readonly wronglyAccused: readonly string[];
  readonly named: string;
  /** Patterns of the culprits' findings of WARN or above. */
  readonly patterns: readonly string[];
  readonly rightPattern: boolean;
  /** Whether a finding of WARN or above came before the first secret byte; undefined where nothing secret leaves. */
  readonly before: boolean | undefined;
  readonly findings: number;
}

export interface Rate {
  readonly hits: number;
  readonly of: number;
  readonly low: number;
  readonly high: number;
}

export function rate(hits: number, of: number): Rate {
  const { low, high } = wilson(hits, of);
  return { hits, of, low, high };
}

/** Wilson score interval at 95 %: https://doi.org/10.1080/01621459.1927.10502953 */
export function wilson(hits: number, of: number): { low: number; high: number } {
  if (of === 0) return { low: 0, high: 1 };
  const z = 1.96;
  const p = hits / of;
  const scale = 1 + z ** 2 / of;
  const middle = p + z ** 2 / (2 * of);
  const spread = z * Math.sqrt((p * (1 - p)) / of + z ** 2 / (4 * of ** 2));
  return { low: Math.max(0, (middle - spread) / scale), high: Math.min(1, (middle + spread) / scale) };
}

export function reaches(level: Level | undefined, least: Level): boolean {
  return level !== undefined && LEVELS.indexOf(level) >= LEVELS.indexOf(least);
}

export function worst(findings: readonly Told[]): Told | undefined {
  return [...findings].sort((a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level) || a.time - b.time)[0];
}

/** `name@version` or `name` → `name`. */
export function nameOf(key: string): string {
  const at = key.indexOf('@', 1);
  return at === -1 ? key : key.slice(0, at);
}

export function judge(incident: Incident, run: IncidentRun): Verdict {
  const isCulprit = (key: string) => incident.culprits.includes(nameOf(key));
  const concerning = run.findings.filter((finding) => isCulprit(finding.package) || finding.chain.some(isCulprit));
  const level = worst(concerning)?.level;
  const blamed = worst(run.findings);
  const serious = concerning.filter((finding) => reaches(finding.level, 'WARN'));
  const patterns = [...new Set(serious.map(({ pattern }) => pattern))].sort();
  const first = Math.min(...serious.map(({ time }) => time));
  return {
    incident: run.incident,
    baseline: run.baseline,
    state: run.proven !== true ? 'broken' : reaches(level, 'WARN') ? 'seen' : 'missed',
    level,
    // Among the worst of them any may come first.
    rightPackage: reaches(blamed?.level, 'WARN')
      ? run.findings.some((finding) => finding.level === blamed?.level && isCulprit(finding.package))
      : undefined,
    wronglyAccused: [
      ...new Set(
        run.findings
          .filter((finding) => reaches(finding.level, 'WARN') && !isCulprit(finding.package))
          .map((finding) => finding.package),
      ),
    ].sort(),
    named: blamed?.package ?? '',
    patterns,
    rightPattern: patterns.some((pattern) => (incident.patterns as readonly string[]).includes(pattern)),
    before: run.leakedAt === undefined ? undefined : first <= run.leakedAt,
    findings: serious.length,
  };
}

export interface Recall {
  readonly log: Rate;
  readonly warn: Rate;
  readonly alert: Rate;
  /** Of the runs in which anybody was accused. */
  readonly rightPackage: Rate;
  /** Runs in which a package was accused that had no part in it. */
  readonly wronglyAccused: Rate;
  readonly rightPattern: Rate;
  readonly before: Rate;
  readonly broken: number;
}

export function recall(verdicts: readonly Verdict[]): Recall {
  const valid = verdicts.filter(({ state }) => state !== 'broken');
  const seen = valid.filter(({ state }) => state === 'seen');
  const leaking = valid.filter(({ before }) => before !== undefined);
  const at = (least: Level) => rate(valid.filter(({ level }) => reaches(level, least)).length, valid.length);
  return {
    log: at('LOG'),
    warn: at('WARN'),
    alert: at('ALERT'),
    rightPackage: rate(
      valid.filter((verdict) => verdict.rightPackage === true).length,
      valid.filter((verdict) => verdict.rightPackage !== undefined).length,
    ),
    wronglyAccused: rate(valid.filter((verdict) => verdict.wronglyAccused.length > 0).length, valid.length),
    rightPattern: rate(seen.filter((verdict) => verdict.rightPattern).length, valid.length),
    before: rate(leaking.filter(({ before }) => before).length, leaking.length),
    broken: verdicts.length - valid.length,
  };
}

/** Detectors that are compared on the same runs. */
export const DETECTORS = ['diogenesis', 'rules only', 'novelty only', 'voltage only', 'capability list'] as const;
export type Detector = (typeof DETECTORS)[number];

/** Packages that a detector would have raised a warning about in a run. */
export function accusedBy(
  detector: Detector,
  { findings, recorded }: Pick<IncidentRun, 'findings' | 'recorded'>,
): readonly string[] {
  if (detector === 'novelty only') return recorded?.novel ?? [];
  if (detector === 'voltage only') return recorded?.voltage ?? [];
  if (detector === 'capability list') return recorded?.capability ?? [];
  return findings
    .filter(
      ({ level, pattern }) => reaches(level, 'WARN') && (detector === 'diogenesis' || pattern !== 'behavioral_drift'),
    )
    .map((finding) => finding.package);
}

export interface Noise {
  /** Runs, or upgrades, with at least one finding of the level. */
  readonly warn: Rate;
  readonly alert: Rate;
  readonly log: Rate;
}

export function noise(runs: readonly { readonly findings: readonly Told[] }[]): Noise {
  const at = (least: Level) =>
    rate(runs.filter(({ findings }) => findings.some(({ level }) => reaches(level, least))).length, runs.length);
  return { log: at('LOG'), warn: at('WARN'), alert: at('ALERT') };
}

/** The text of every false alarm, once, with how many runs told it. */
export function alarms(
  runs: readonly (Pick<BenignRun, 'baseline' | 'findings'> & { readonly name: string })[],
): { text: string; name: string; baselines: string; runs: number }[] {
  const found = new Map<string, { text: string; name: string; baselines: Set<string>; runs: number }>();
  for (const { name, baseline, findings } of runs) {
    const texts = new Set(findings.filter(({ level }) => reaches(level, 'WARN')).map(tell));
    for (const text of texts) {
      const key = `${name} ${text}`;
      const entry = found.get(key) ?? { text, name, baselines: new Set<string>(), runs: 0 };
      entry.runs++;
      entry.baselines.add(baseline);
      found.set(key, entry);
    }
  }
  return [...found.values()]
    .map((entry) => ({ ...entry, baselines: [...entry.baselines].join(', ') }))
    .sort((a, b) => compare(a.name, b.name) || compare(a.text, b.text));
}

export function tell({ level, pattern, package: key, rule, trait }: Told): string {
  return `${level} ${pattern} ${key} [${rule}] ${trait}`;
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
