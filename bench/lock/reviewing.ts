/** What a reviewer gets to see, counted. Pure but for `git diff`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseLock } from '../../src/baseline/lock-file.ts';
import { kindsInOne } from '../../src/cli/report.ts';
import { LOCK, type Report } from './checkout.ts';

export interface Line {
  readonly package: string;
  readonly name: string;
  readonly comparedWith: Report['packages'][number]['comparedWith'];
  readonly level: string;
  readonly trait: string;
}

/** Every line of a check's report that asks for a decision; what the report says in one line is one. */
export function linesOf(report: Report): Line[] {
  return report.packages.flatMap(({ package: key, name, comparedWith, unreviewed }) => {
    const shared = unreviewed.filter(({ knownOf }) => knownOf !== undefined);
    const own = shared.length < 2 ? unreviewed : unreviewed.filter(({ knownOf }) => knownOf === undefined);
    const lines: Line[] = kindsInOne(own).map(({ trait, level }) => ({
      package: key,
      name,
      comparedWith,
      level,
      // Addresses that a bench has servers on depend on where it lies.
      trait: trait.replace(/:127\.(?!0\.0\.1:)\d+\.\d+\.\d+:/, ':<server>:'),
    }));
    if (shared.length < 2) return lines;
    const others = [...new Set(shared.map(({ knownOf }) => knownOf))].join(', ');
    const trait = `${SHARED}${shared.length} things that ${others} did before`;
    return [...lines, { package: key, name, comparedWith, level: shared[0]?.level ?? '', trait }];
  });
}

/** How a line begins that stands for several acts of a chain. */
export const SHARED = 'takes part in ';

export interface Size {
  readonly lines: number;
  readonly bytes: number;
  readonly entries: number;
  /** Entries that hold any trait. */
  readonly noteworthy: number;
  readonly traits: number;
}

export function sizeOf(text: string): Size {
  const entries = [...parseLock(text, LOCK).packages.values()];
  return {
    lines: text.split('\n').length - 1,
    bytes: Buffer.byteLength(text),
    entries: entries.length,
    noteworthy: entries.filter(({ traits }) => traits.length > 0).length,
    traits: entries.reduce((sum, { traits }) => sum + traits.length, 0),
  };
}

/** As `git diff -U1` shows it, from the first hunk on. */
export function gitDiff(before: string, after: string): string {
  if (before === after) return '';
  const folder = mkdtempSync(join(tmpdir(), 'diogenesis-diff-'));
  try {
    writeFileSync(join(folder, 'before'), before);
    writeFileSync(join(folder, 'after'), after);
    const { stdout, error } = spawnSync(
      'git',
      ['diff', '--no-index', '--no-color', '--no-ext-diff', '-U1', 'before', 'after'],
      { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 },
    );
    if (error !== undefined) throw error;
    return stdout.slice(stdout.indexOf('\n@@') + 1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Lines added and removed. */
export function countChanges(diff: string): { added: number; removed: number } {
  const lines = diff.split('\n');
  return {
    added: lines.filter((line) => line.startsWith('+')).length,
    removed: lines.filter((line) => line.startsWith('-')).length,
  };
}
