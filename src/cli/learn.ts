/** `diogenesis learn`: runs a command in learning mode and merges what all its processes did into the lock file. */
import fs from 'node:fs';
import path from 'node:path';
import { byDanger, dangerMeaning, isCritical } from '../baseline/danger.ts';
import { emptyLock, entriesOf, type Lock } from '../baseline/lock-file.ts';
import { updateLock } from '../baseline/lock-store.ts';
import { type LearnedEntry, learnSessions, lockOfSessions, type Session } from '../baseline/merge.ts';
import { type Observations, readObservationsOf } from '../baseline/observation.ts';
import { inventory, keepInstalled } from './installed.ts';
import { CliError, fit, type Paint, painter, plural, printable, say, widthOf } from './output.ts';
import { StatusLine } from './status-line.ts';
import { endLike, type Outcome, supervise } from './supervise.ts';
import type { CommonOptions, RunFolder, Workspace } from './workspace.ts';
import {
  forgetOldRuns,
  hasEnded,
  listRuns,
  lossOf,
  openLock,
  openRun,
  openWorkspace,
  sayExpired,
  writeRecord,
} from './workspace.ts';

export interface LearnOptions extends CommonOptions {
  readonly prune?: boolean;
  readonly from?: readonly string[];
  readonly audit?: boolean;
}

export async function learn(command: readonly string[], options: LearnOptions): Promise<void> {
  if (options.from !== undefined && command.length > 0) {
    throw new CliError('learn runs a command or reads --from files, not both');
  }
  if (options.from === undefined && command.length === 0) {
    throw new CliError('learn needs a command to run, behind "--" (or --from FILE)');
  }
  const workspace = openWorkspace(options);
  // Before the command runs: half an hour of tests must not end in "cannot be written".
  openLock(workspace);
  refuseReadOnly(workspace);
  sayExpired(workspace);
  if (options.from !== undefined) {
    await learnFrom(workspace, options.from, options.prune === true);
    return;
  }
  const folder = openRun(workspace, 'learn', command);
  let outcome: Outcome;
  try {
    outcome = await supervise(command, workspace, folder, { mode: 'learn', audit: options.audit });
  } catch (error) {
    fs.rmSync(folder.path, { recursive: true, force: true });
    throw error;
  }
  const observed = observations(workspace, folder.path);
  for (const problem of observed.problems) say(`diogenesis: ${problem}`);
  if (observed.files === 0) {
    say(
      'diogenesis: no Node process could be observed, nothing was learned; is the command a Node program, and its Node >= 22.15?',
    );
    fs.rmSync(folder.path, { recursive: true, force: true });
    endLike(outcome);
    return;
  }
  const loss = lossOf(folder);
  if (loss !== undefined) {
    fs.rmSync(folder.path, { recursive: true, force: true });
    throw new CliError(`${loss} Nothing was learned`);
  }
  await merge(workspace, folder, observed, outcome, options.prune === true);
  if (folder.isTemporary) fs.rmSync(folder.path, { recursive: true, force: true });
  else forgetOldRuns(workspace);
  endLike(outcome);
}

async function merge(
  workspace: Workspace,
  folder: RunFolder,
  observed: Observations,
  outcome: Outcome,
  prune: boolean,
): Promise<void> {
  // Sessions whose supervisor died before it could merge them are merged now; those still running by their own.
  const others = listRuns(workspace, 'learn').filter((run) => run.path !== folder.path);
  const lost = others.filter(({ record }) => record.merged !== true && hasEnded(record));
  const known = observations(workspace, folder.path, ...others.map((run) => run.path)).sessions;
  const fresh =
    lost.length === 0
      ? observed.sessions
      : observations(workspace, folder.path, ...lost.map((run) => run.path)).sessions;
  const update = await teach(workspace, fresh, known, prune);
  for (const run of [folder, ...lost]) {
    // Where that fails it is merged again next time, which changes nothing.
    writeRecord(run.path, { ...run.record, ended: true, merged: true });
  }
  if (workspace.quiet) return;
  sayLearned(workspace, { ...update, processes: observed.files, recovered: lost.length });
  if (outcome.code !== 0) {
    const how = outcome.signal === undefined ? `exit code ${outcome.code}` : outcome.signal;
    say(`  the command ended with ${how}: what it would have done after that is not learned`);
  }
}

/* What a fleet's Collector wrote down, or observations of other machines: learned as if the command had run here. */
async function learnFrom(workspace: Workspace, names: readonly string[], prune: boolean): Promise<void> {
  for (const name of names) if (!fs.existsSync(name)) throw new CliError(`${name}: there is no such file`);
  const observed = observations(workspace, ...names);
  for (const problem of observed.problems) say(`diogenesis: ${problem}`);
  const { sessions } = observed;
  if (sessions.length === 0) throw new CliError(`${names.join(', ')}: no observations in there`);
  const runs = listRuns(workspace, 'learn').map((run) => run.path);
  const update = await teach(workspace, sessions, observations(workspace, ...names, ...runs).sessions, prune);
  if (!workspace.quiet) sayLearned(workspace, { ...update, sessions: sessions.length, recovered: 0 });
}

/* Every session on record has a file for each of its processes: with a large test suite that takes its time. */
function observations({ quiet }: Workspace, ...paths: readonly string[]): Observations {
  const status = StatusLine.onStderr(quiet);
  const observed = readObservationsOf(paths, (read, files) => {
    status.show(`diogenesis: reading what was observed, ${read} of ${plural(files, 'file')}`);
  });
  status.clear();
  return observed;
}

type LockUpdate = Pick<LearnSummary, 'before' | 'learned' | 'dropped' | 'changed'>;

async function teach(
  workspace: Workspace,
  fresh: readonly Session[],
  known: readonly Session[],
  prune: boolean,
): Promise<LockUpdate> {
  let learned: LearnedEntry[] = [];
  let before: Lock | undefined;
  let dropped: readonly string[] = [];
  const status = StatusLine.onStderr(workspace.quiet);
  const wait = () => status.show(`diogenesis: another process writes ${workspace.lockName}; waiting for it`);
  const change = (lock: Lock | undefined) => {
    status.show(`diogenesis: merging ${plural(fresh.length, 'session')} into ${workspace.lockName}`);
    before = lock;
    const result = learnSessions(lock ?? emptyLock(), fresh, known);
    learned = result.learned;
    if (!prune) return result.lock;
    const pruned = keepInstalled(result.lock, inventory(workspace.config.root), lockOfSessions(fresh));
    dropped = pruned.dropped;
    return pruned.lock;
  };
  let changed: boolean;
  try {
    changed = await updateLock(workspace.lockFile, change, wait);
  } finally {
    status.clear();
  }
  return { before, learned, dropped, changed };
}

function sayLearned(workspace: Workspace, facts: Omit<LearnSummary, 'lockName'>): void {
  const paint = painter(process.stderr);
  say(summary({ lockName: workspace.lockName, ...facts }, paint, widthOf(process.stderr)));
}

function refuseReadOnly({ lockFile, lockName }: Workspace): void {
  let target = lockFile;
  try {
    if ((fs.statSync(lockFile).mode & 0o222) === 0) throw new CliError(`${lockName}: is read-only; nothing was run`);
  } catch (error) {
    if (error instanceof CliError) throw error;
    target = path.dirname(lockFile);
  }
  try {
    fs.accessSync(target, fs.constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CliError(
      `${lockName}: cannot be written (${code === 'ENOENT' ? 'its folder does not exist' : code}); nothing was run`,
    );
  }
}

interface LearnSummary {
  readonly lockName: string;
  readonly before: Lock | undefined;
  readonly learned: readonly LearnedEntry[];
  readonly dropped: readonly string[];
  readonly changed: boolean;
  /** Of a command. */
  readonly processes?: number;
  /** Of files. */
  readonly sessions?: number;
  readonly recovered: number;
}

const MAX_ENTRIES = 12;
const MAX_TRAITS = 6;

export function summary(facts: LearnSummary, paint: Paint, width: number): string {
  const { learned, lockName, changed } = facts;
  const novel = learned.filter((entry) => entry.added.length > 0);
  const fresh = learned.filter((entry) => entry.isNew).length;
  const traits = novel.reduce((count, entry) => count + entry.added.length, 0);
  const before = facts.before === undefined ? undefined : entriesOf(facts.before);
  const matured = learned.filter(
    ({ key, state }) => before?.has(key) === true && before.get(key)?.state !== state,
  ).length;
  const news = [
    ...(traits > 0 ? [plural(traits, 'new trait')] : []),
    ...(fresh > 0 ? [plural(fresh, 'new package')] : []),
    ...(matured > 0 ? [`${plural(matured, 'package')} with another state`] : []),
  ];
  const head = news.length > 0 ? news.join(', ') : paint('green', 'nothing new');
  const lines = [
    `${paint('bold', 'diogenesis')}: ${lockName} ${facts.before === undefined ? 'created' : changed ? 'updated' : 'unchanged'}: ${head} ` +
      `(${plural(learned.length, 'package')} in ${seenIn(facts)})`,
  ];
  if (facts.recovered > 0) lines.push(`  and ${plural(facts.recovered, 'session')} that a crash had left unmerged`);
  lines.push(...disputedLines(learned, paint, width));
  lines.push(...criticalLines(novel, paint, width));
  for (const entry of novel.slice(0, MAX_ENTRIES)) {
    const from = entry.previous === undefined ? '' : paint('dim', ` (beyond ${printable(entry.previous)})`);
    lines.push(`  ${paint('bold', printable(entry.key))}${from}`);
    const sorted = [...entry.added].sort(byDanger);
    for (const trait of sorted.slice(0, MAX_TRAITS))
      lines.push(`    ${paint('green', '+')} ${fit(printable(trait), width - 6)}`);
    if (sorted.length > MAX_TRAITS) lines.push(paint('dim', `      and ${sorted.length - MAX_TRAITS} more`));
  }
  if (novel.length > MAX_ENTRIES)
    lines.push(paint('dim', `  and ${plural(novel.length - MAX_ENTRIES, 'more package')}: git diff ${lockName}`));
  if (facts.dropped.length > 0) lines.push(`  pruned: ${fit(facts.dropped.join(', '), width - 10)}`);
  lines.push(...stateLines(learned, paint));
  if (changed) lines.push(paint('dim', `  review it like code: git diff ${lockName}`));
  return lines.join('\n');
}

function seenIn({ processes, sessions }: LearnSummary): string {
  return processes === undefined ? plural(sessions ?? 0, 'session') : plural(processes, 'process', 'processes');
}

/* Learned because the contract of `learn` is to write down what was done; once committed it excuses every later run. */
function disputedLines(learned: readonly LearnedEntry[], paint: Paint, width: number): string[] {
  const held = learned.flatMap(({ key, disputed }) => disputed.map((trait) => ({ key, trait })));
  if (held.length === 0) return [];
  held.sort((a, b) => byDanger(a.trait, b.trait) || (a.key < b.key ? -1 : 1));
  return [
    paint(['red', 'bold'], '  part of an ALERT; committed, it counts as reviewed (diogenesis explain tells why):'),
    ...held.map(({ key, trait }) => paint('red', fit(`    ! ${printable(key)} ${printable(trait)}`, width))),
  ];
}

/* Dangerous things are learned because somebody asked for it, but nobody shall learn them without having read them. */
function criticalLines(novel: readonly LearnedEntry[], paint: Paint, width: number): string[] {
  const critical = novel.flatMap(({ key, added }) => added.filter(isCritical).map((trait) => ({ key, trait })));
  if (critical.length === 0) return [];
  critical.sort((a, b) => byDanger(a.trait, b.trait) || (a.key < b.key ? -1 : 1));
  return [
    paint(
      ['red', 'bold'],
      `  look at ${critical.length === 1 ? 'this one' : `these ${critical.length}`} before you commit:`,
    ),
    ...critical.map(({ key, trait }) => {
      const line = `    ! ${printable(key)} ${dangerMeaning(trait)}: ${printable(trait)}`;
      return paint('red', fit(line, width));
    }),
  ];
}

function stateLines(learned: readonly LearnedEntry[], paint: Paint): string[] {
  const byState = { stable: 0, learning: 0, partial: 0 };
  let missing = 0;
  for (const entry of learned) {
    byState[entry.state]++;
    if (entry.state === 'learning') missing = Math.max(missing, entry.sessionsMissing);
  }
  const states = (['stable', 'learning', 'partial'] as const).filter((state) => byState[state] > 0);
  const lines = [`  ${states.map((state) => `${byState[state]} ${state}`).join(', ')}`];
  if (missing > 0)
    lines[0] += paint('dim', `; stable after ${missing} more session${missing === 1 ? '' : 's'} without novelty`);
  if (byState.partial > 0) lines.push(paint('dim', '  partial: never observed from process start'));
  return lines;
}
