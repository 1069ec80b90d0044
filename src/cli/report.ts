/** The result of a check as plain data; report-*.ts turn it into text, JSON, Markdown and SARIF. */
import { hasTrait } from '../baseline/collapse.ts';
import { compareWithLock, highestLevel, type PackageDifference } from '../baseline/compare.ts';
import { byDanger, dangerLevel, dangerMeaning } from '../baseline/danger.ts';
import { entriesOf, type LearningState, type Lock } from '../baseline/lock-file.ts';
import type { Session } from '../baseline/merge.ts';
import { unionOfSessions } from '../baseline/merge.ts';
import { compileOverride, overrideFor } from '../baseline/overrides.ts';
import { splitKey } from '../baseline/versions.ts';
import { isDeputy } from '../classification/roles.ts';
import type { LevelOverride, Override } from '../config.ts';
import { type Level, severityOf } from '../response/finding.ts';

export interface UnreviewedTrait {
  readonly trait: string;
  readonly level: Level;
  /** What it means, as the rest of a sentence that begins with the package. */
  readonly means: string;
  /** Why it is refused although the lock file may have it (`deny` in the config file). */
  readonly denied?: string;
  /**
   * Another entry of the lock file that does this already, where the package acts for others, or is the application and
   * the other one acts for it: the same act, with one more on its chain. Nothing of ALERT, and nothing that is loaded.
   */
  readonly knownOf?: string;
  /** An exception that would have allowed it until its last day. */
  readonly expired?: { readonly reason: string; readonly expires: string };
}

export interface UnreviewedPackage {
  readonly key: string;
  readonly name: string;
  readonly version: string;
  readonly comparedWith: PackageDifference['comparedWith'];
  readonly against: string | undefined;
  readonly state: LearningState | undefined;
  /** What the entry it was compared with holds. */
  readonly before: readonly string[];
  readonly level: Level;
  /** Most dangerous first. */
  readonly unreviewed: readonly UnreviewedTrait[];
  /** New, or another version than the lock has. */
  readonly isUpdate: boolean;
  /** Its lifecycle scripts that ran, such as `postinstall`. */
  readonly scripts: readonly string[];
}

export interface CheckReport {
  readonly lockFile: string;
  readonly command: readonly string[];
  readonly commandExit: number | string | undefined;
  readonly processes: number;
  /** Packages that were seen, `<app>` and tools included. */
  readonly observed: number;
  /** With unreviewed behavior, most dangerous first. */
  readonly packages: readonly UnreviewedPackage[];
  /** Behavior beyond the lock file that a reviewed exception allows. */
  readonly allowed: readonly { readonly key: string; readonly trait: string; readonly reason: string }[];
  /** New packages and versions that did nothing beyond what is known. */
  readonly harmless: readonly Pick<UnreviewedPackage, 'key' | 'name' | 'against' | 'state'>[];
  /** Installed, but neither in the lock file nor seen in this run. */
  readonly unobserved: readonly string[];
  /** Exceptions whose last day is over, whether or not anything relied on them. */
  readonly expired: readonly { readonly package: string; readonly trait: string; readonly expires: string }[];
}

export interface ReportInput {
  readonly lock: Lock;
  readonly sessions: readonly Session[];
  readonly overrides: {
    readonly allow: readonly Override[];
    readonly deny: readonly Override[];
    readonly levels: readonly LevelOverride[];
  };
  /** Today, as YYYY-MM-DD. */
  readonly today: string;
  readonly installed: ReadonlySet<string>;
  readonly facts: Pick<CheckReport, 'lockFile' | 'command' | 'commandExit' | 'processes'>;
}

export function buildReport({ lock, sessions, overrides, today, installed, facts }: ReportInput): CheckReport {
  const allow = overrides.allow.map((override) => compileOverride(override));
  const deny = overrides.deny.map((override) => compileOverride(override, true));
  const levels = overrides.levels.map((override) => compileOverride(override));
  const observed = unionOfSessions(sessions);
  const scripts = scriptsOf(sessions);
  const knownOf = chainsOf(lock);
  const packages: UnreviewedPackage[] = [];
  const allowed: CheckReport['allowed'][number][] = [];
  const harmless: CheckReport['harmless'][number][] = [];

  for (const difference of compareWithLock(lock, observed)) {
    const { key } = difference;
    const unreviewed: UnreviewedTrait[] = [];
    const describe = (trait: string, more: Partial<UnreviewedTrait> = {}): UnreviewedTrait => ({
      trait,
      level: overrideFor(levels, key, trait, today)?.level ?? dangerLevel(trait),
      means: dangerMeaning(trait),
      ...more,
    });
    for (const trait of observed.get(key) ?? []) {
      const refused = overrideFor(deny, key, trait, today);
      if (refused !== undefined) unreviewed.push(describe(trait, { denied: refused.reason, level: 'ALERT' }));
    }
    for (const trait of difference.added) {
      if (unreviewed.some((other) => other.trait === trait)) continue;
      const exception = overrideFor(allow, key, trait, today);
      if (exception !== undefined) {
        allowed.push({ key, trait, reason: exception.reason });
        continue;
      }
      const past = allow.find((override) => override.expiredOn(today) && override.matches(key, trait))?.source;
      const expired = past?.expires === undefined ? undefined : { reason: past.reason, expires: past.expires };
      const told = describe(trait, expired === undefined ? {} : { expired });
      const other = expired === undefined && told.level !== 'ALERT' ? knownOf(key, trait) : undefined;
      unreviewed.push(other === undefined ? told : { ...told, knownOf: other });
    }
    if (unreviewed.length === 0) {
      const { comparedWith, name, against, state } = difference;
      if (comparedWith !== 'own') harmless.push({ key, name, against, state });
      continue;
    }
    unreviewed.sort(
      (a, b) =>
        Number(a.knownOf !== undefined) - Number(b.knownOf !== undefined) ||
        severityOf(b.level) - severityOf(a.level) ||
        byDanger(a.trait, b.trait),
    );
    packages.push({
      key,
      name: difference.name,
      version: difference.version,
      comparedWith: difference.comparedWith,
      against: difference.against,
      state: difference.state,
      before: difference.before,
      level: worstOf(unreviewed),
      unreviewed,
      isUpdate: difference.comparedWith !== 'own',
      scripts: [...(scripts.get(key) ?? [])].sort(),
    });
  }
  packages.sort(
    (a, b) =>
      // What an installation ran of packages that are new here: code that nobody has seen yet, on this very machine.
      Number(isNewScript(b)) - Number(isNewScript(a)) ||
      severityOf(b.level) - severityOf(a.level) ||
      // New and updated packages first: they are why somebody runs a check.
      Number(b.isUpdate) - Number(a.isUpdate) ||
      byDanger((a.unreviewed[0] as UnreviewedTrait).trait, (b.unreviewed[0] as UnreviewedTrait).trait) ||
      (a.key < b.key ? -1 : 1),
  );
  const expired = [...allow, ...deny, ...levels]
    .filter((override) => override.expiredOn(today))
    .map(({ source }) => ({ package: source.package, trait: source.trait, expires: source.expires as string }));
  const unobserved = [...installed].filter((key) => !lock.packages.has(key) && !observed.has(key)).sort();
  return {
    ...facts,
    observed: observed.size,
    packages,
    allowed,
    harmless: harmless.sort((a, b) => (a.key < b.key ? -1 : 1)),
    unobserved,
    expired,
  };
}

function worstOf(traits: readonly UnreviewedTrait[]): Level {
  return traits.reduce<Level>((worst, { level }) => (severityOf(level) > severityOf(worst) ? level : worst), 'LOG');
}

const ACT = /^(?:fs|net|process)\./;

/*
 * Who else is known to do something, where that makes it no news of the package. Not for the package that asks another
 * one to act: a new asker is what a reviewer must see.
 */
function chainsOf(lock: Lock): (key: string, trait: string) => string | undefined {
  let entries: { key: string; name: string; traits: ReadonlySet<string> }[] | undefined;
  return (key, trait) => {
    const { name } = splitKey(key);
    const isApp = key === '<app>';
    if (!ACT.test(trait) || !(isApp || isDeputy(name))) return undefined;
    entries ??= [...entriesOf(lock)].map(([other, entry]) => ({
      key: other,
      name: splitKey(other).name,
      traits: new Set(entry.traits),
    }));
    return entries.find(
      (other) =>
        other.name !== name &&
        other.key.includes('@', 1) &&
        (!isApp || isDeputy(other.name)) &&
        hasTrait(other.traits, trait),
    )?.key;
  };
}

function isNewScript({ isUpdate, scripts }: UnreviewedPackage): boolean {
  return isUpdate && scripts.length > 0;
}

function scriptsOf(sessions: readonly Session[]): Map<string, Set<string>> {
  const all = new Map<string, Set<string>>();
  for (const { principals } of sessions) {
    for (const [key, { scripts }] of principals) {
      if (scripts === undefined) continue;
      const known = all.get(key);
      if (known === undefined) all.set(key, new Set(scripts));
      else for (const script of scripts) known.add(script);
    }
  }
  return all;
}

/** The trait of a package that a reader should see first. */
export function worstLevel(report: CheckReport): Level | undefined {
  return highestLevel(report.packages.flatMap(({ unreviewed }) => unreviewed.map(({ trait }) => trait)));
}

/** What a package is, compared with the lock file, in words; in an installation, by which of its scripts. */
export function statusOf({ key, comparedWith, against, scripts }: UnreviewedPackage): string {
  const by = scripts.length === 0 ? '' : ` in its ${scripts.join(' and ')} script${scripts.length === 1 ? '' : 's'}`;
  if (comparedWith === 'own') return `does more than its entry${by}`;
  if (comparedWith === 'previous') return `does more than ${against}${by}`;
  return `${splitKey(key).version === '' ? 'has no entry' : 'is new here'}${by === '' ? '' : `, and did this${by}`}`;
}

/** What asks for a decision of its own, and what somebody on the same chain is known for. */
export function inLines({ unreviewed }: UnreviewedPackage): {
  readonly own: readonly UnreviewedTrait[];
  readonly shared: readonly UnreviewedTrait[];
} {
  const shared = unreviewed.filter(({ knownOf }) => knownOf !== undefined);
  // One is said as shortly by itself.
  if (shared.length < 2) return { own: kindsInOne(unreviewed), shared: [] };
  return { own: kindsInOne(unreviewed.filter(({ knownOf }) => knownOf === undefined)), shared };
}

const FILE_OF_A_KIND = /^(fs\.[a-z]+:[^\n]*\/[^/]*\.)(\w{1,8})$/;
const KINDS = /^(fs\.[a-z]+:[^\n]*\/[^/]*\.)\{(\w+(?:,\w+)+)\}$/;
/** Fewer are not worth a form of their own. */
const MIN_KINDS = 3;

/**
 * Who looks for a configuration tries `.json`, `.yaml`, `.cjs` and so on: files of one name that differ in nothing but
 * what they end with are one line, `*.{cjs,json,yaml}`.
 */
export function kindsInOne<T extends Pick<UnreviewedTrait, 'trait' | 'denied' | 'expired'> & { level: string }>(
  traits: readonly T[],
): readonly T[] {
  const groups = new Map<string, { first: T; stem: string; kinds: string[] }>();
  for (const one of traits) {
    const match = FILE_OF_A_KIND.exec(one.trait);
    if (match === null || one.denied !== undefined || one.expired !== undefined) continue;
    const [, stem = '', kind = ''] = match;
    const group = groups.get(`${one.level} ${stem}`) ?? { first: one, stem, kinds: [] };
    group.kinds.push(kind);
    groups.set(`${one.level} ${stem}`, group);
  }
  const lines = new Map<string, T | undefined>();
  for (const { first, stem, kinds } of groups.values()) {
    if (kinds.length < MIN_KINDS) continue;
    for (const kind of kinds) lines.set(stem + kind, undefined);
    lines.set(first.trait, { ...first, trait: `${stem}{${kinds.sort().join(',')}}` });
  }
  return traits.flatMap((one) => (lines.has(one.trait) ? (lines.get(one.trait) ?? []) : one));
}

/** The traits that such a line stands for. */
export function kindsOf(line: string): readonly string[] {
  const match = KINDS.exec(line);
  return match === null ? [line] : (match[2] as string).split(',').map((kind) => match[1] + kind);
}

/** Whom the shared lines are known of, in words. */
export function knownOfWords(shared: readonly UnreviewedTrait[]): string {
  const keys = [...new Set(shared.map(({ knownOf }) => knownOf as string))].sort();
  return keys.length > 3 ? `${keys.slice(0, 3).join(', ')} and others` : keys.join(', ');
}

export interface Advice {
  /** The command that accepts it. */
  readonly approve: string;
  /** What to do otherwise, and the command or version that it ends in. */
  readonly otherwise: string;
  readonly subject: string | undefined;
}

/** What to do about it. */
export function adviceFor({ name, comparedWith, against, key, unreviewed }: UnreviewedPackage): Advice {
  // What is denied, `approve` refuses: it was somebody's decision.
  const isDenied = unreviewed.every(({ denied }) => denied !== undefined);
  const approve = isDenied ? 'change "deny" in the config file' : `diogenesis approve ${shellWord(key)}`;
  if (comparedWith === 'previous') {
    return { approve, otherwise: 'stay with', subject: `${name}@${splitKey(against as string).version}` };
  }
  return comparedWith === 'nothing'
    ? { approve, otherwise: 'find out who asks for it:', subject: `npm explain ${shellWord(name)}` }
    : { approve, otherwise: 'look at what changed', subject: undefined };
}

/** The same, in one line. */
export function adviceOf(entry: UnreviewedPackage): string {
  const { approve, otherwise, subject } = adviceFor(entry);
  return `expected? ${approve}   not? ${otherwise}${subject === undefined ? '' : ` ${subject}`}`;
}

/** A word that a shell takes as it is. */
export function shellWord(word: string): string {
  return /^[\w@./:+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
