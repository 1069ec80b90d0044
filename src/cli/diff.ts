/** `diogenesis diff`: what one lock file, observation or revision has that another has not. */
import path from 'node:path';
import { compareLocks, type LockDifference } from '../baseline/compare.ts';
import { dangerLevel } from '../baseline/danger.ts';
import { CliError, type Paint, painter, paintLevel, plural, printable, say, write } from './output.ts';
import { fromGit, readSource, type Source } from './sources.ts';
import { type CommonOptions, openWorkspace, requireLock } from './workspace.ts';

export interface DiffOptions extends CommonOptions {
  readonly git?: string;
  readonly json?: boolean;
}

const DIFFERS = 3;

export function diff(names: readonly string[], options: DiffOptions): void {
  const [a, b] = readBoth(names, options);
  const ignoreState = a.isObservation || b.isObservation;
  const differences = compareLocks(a.lock, b.lock).filter(
    ({ change, added, removed }) => !ignoreState || change !== 'changed' || added.length + removed.length > 0,
  );
  if (options.json === true) write(1, `${JSON.stringify(differences, null, 2)}\n`);
  else if (differences.length > 0) write(1, `${diffText(differences, painter(process.stdout))}\n`);
  else if (options.quiet !== true) say('diogenesis: no difference');
  if (differences.length > 0) process.exitCode = DIFFERS;
}

function readBoth(names: readonly string[], options: DiffOptions): [Source, Source] {
  if (options.git !== undefined) {
    if (names.length > 0) throw new CliError('diff --git REVISION takes no files; name both as REVISION:FILE instead');
    const workspace = openWorkspace(options);
    const now = requireLock(workspace);
    const before = fromGit(options.git, path.relative(process.cwd(), workspace.lockFile));
    return [
      { lock: before, isObservation: false },
      { lock: now, isObservation: false },
    ];
  }
  const [a, b] = names;
  if (a === undefined || b === undefined || names.length > 2) {
    throw new CliError(
      'diff needs two of: a lock file, an observation file or folder, REVISION:FILE; or --git REVISION',
    );
  }
  return [readSource(a), readSource(b)];
}

export function diffText(differences: readonly LockDifference[], paint: Paint): string {
  const lines: string[] = [];
  for (const { key, change, from, added, removed, stateBefore, stateAfter } of differences) {
    const name = paint('bold', printable(key));
    const was = change === 'updated' ? ` (was ${printable(from as string)})` : change === 'changed' ? '' : ` ${change}`;
    const state =
      stateBefore !== undefined && stateAfter !== undefined && stateBefore !== stateAfter
        ? `  ${stateBefore} → ${stateAfter}`
        : '';
    lines.push(`${name}${was}${state}`);
    for (const trait of added)
      lines.push(`  ${paint('green', '+')} ${paintLevel(paint, dangerLevel(trait))} ${printable(trait)}`);
    for (const trait of removed) lines.push(`  ${paint('red', '-')}       ${printable(trait)}`);
  }
  const total = (pick: 'added' | 'removed') =>
    differences.reduce((count, difference) => count + difference[pick].length, 0);
  lines.push(
    paint(
      'dim',
      `${plural(differences.length, 'entry', 'entries')}: ${total('added')} added, ${total('removed')} removed`,
    ),
  );
  return lines.join('\n');
}
