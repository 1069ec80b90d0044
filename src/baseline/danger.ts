/** How much a reviewer should care about a trait that was not there before: order of reports, and `--all-below`. */
import { RegExpPrototypeExec, StringPrototypeLastIndexOf, StringPrototypeSlice } from '../primordials.ts';
import { type Level, severityOf } from '../response/finding.ts';

interface Row {
  readonly pattern: RegExp;
  readonly level: Level;
  /** Finer order within a level, and what the trait means to the reader. */
  readonly weight: number;
  readonly means: string;
}

/* First match counts. Sensitivity is the classification's word; the rest is what install-time malware needs. */
const ROWS: readonly Row[] = [
  { pattern: /\[credential\]$/, level: 'ALERT', weight: 100, means: 'reaches a secret' },
  { pattern: /\[metadata\]$/, level: 'ALERT', weight: 98, means: 'reaches the cloud metadata service' },
  { pattern: /\[persistence\]$/, level: 'ALERT', weight: 96, means: 'can make itself run again later' },
  { pattern: /\[agent-config\]$/, level: 'ALERT', weight: 94, means: 'touches the configuration of a coding agent' },
  { pattern: /\[self\]$/, level: 'ALERT', weight: 92, means: 'touches Diogenesis itself' },
  { pattern: /\[shell\]$/, level: 'ALERT', weight: 90, means: 'runs a shell' },
  {
    pattern: /\[native\]$|^native[.:]/,
    level: 'ALERT',
    weight: 88,
    means: 'loads native code, which nothing here can watch',
  },
  { pattern: /^code\./, level: 'WARN', weight: 70, means: 'turns text into code' },
  { pattern: /^import:file:/, level: 'WARN', weight: 68, means: 'loads code from outside any package' },
  { pattern: /^process\./, level: 'WARN', weight: 66, means: 'starts a program' },
  { pattern: /^net\.connect:/, level: 'WARN', weight: 64, means: 'talks to the network' },
  { pattern: /^net\./, level: 'WARN', weight: 62, means: 'uses the network' },
  {
    pattern: /^import:node:(?:child_process|cluster|vm|worker_threads|inspector|v8|repl|wasi|module)/,
    level: 'WARN',
    weight: 58,
    means: 'gets hold of a dangerous builtin',
  },
  {
    pattern: /^fs\.(?:write|delete|chmod|link):/,
    level: 'WARN',
    weight: 56,
    means: 'changes files that are not its own',
  },
  { pattern: /^tool\./, level: 'WARN', weight: 54, means: 'is described, or run, in a way that nobody has approved' },
  {
    pattern: /^import:node:(?:net|tls|https?|http2|dgram|dns)/,
    level: 'LOG',
    weight: 40,
    means: 'gets hold of the network builtins',
  },
  { pattern: /^worker\./, level: 'LOG', weight: 38, means: 'starts a thread' },
  { pattern: /^env\./, level: 'LOG', weight: 30, means: 'reads an environment variable' },
  { pattern: /^fs\./, level: 'LOG', weight: 20, means: 'reads files that are not its own' },
  { pattern: /^import:/, level: 'LOG', weight: 10, means: 'loads another module' },
];
const OTHER: Row = { pattern: /^/, level: 'LOG', weight: 0, means: 'does something new' };

function rowOf(trait: string): Row {
  for (let i = 0; i < ROWS.length; i++) {
    const row = ROWS[i] as Row;
    if (RegExpPrototypeExec(row.pattern, trait) !== null) return row;
  }
  return OTHER;
}

/** The level of an unreviewed trait by itself, without any sequence around it. */
export function dangerLevel(trait: string): Level {
  return rowOf(trait).level;
}

/** What a trait means, as the rest of a sentence that begins with the package. */
export function dangerMeaning(trait: string): string {
  return rowOf(trait).means;
}

/** Most dangerous first, then by name. */
export function byDanger(a: string, b: string): number {
  const [left, right] = [rowOf(a), rowOf(b)];
  return severityOf(right.level) - severityOf(left.level) || right.weight - left.weight || (a < b ? -1 : a > b ? 1 : 0);
}

/** A trait that is never learned silently: one with a sensitivity in brackets. */
export function isCritical(trait: string): boolean {
  return dangerLevel(trait) === 'ALERT';
}

/** The word in brackets behind a trait; undefined for most. */
export function sensitivityOf(trait: string): string | undefined {
  const open = StringPrototypeLastIndexOf(trait, ' [');
  return open < 0 ? undefined : StringPrototypeSlice(trait, open + 2, trait.length - 1);
}
