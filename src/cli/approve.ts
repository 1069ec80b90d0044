/** `diogenesis approve`: writes the unreviewed behavior of the last check or run into the lock file. */

import { collapse } from '../baseline/collapse.ts';
import { byDanger, dangerLevel } from '../baseline/danger.ts';
import { emptyLock, entriesOf, entryOf, type LearningState, type Lock, lockOf } from '../baseline/lock-file.ts';
import { updateLock } from '../baseline/lock-store.ts';
import { readObservations } from '../baseline/observation.ts';
import { dayOf } from '../baseline/overrides.ts';
import { closest } from '../closest.ts';
import { type Level, severityOf } from '../response/finding.ts';
import { inventory, keepInstalled } from './installed.ts';
import { CliError, painter, paintLevel, plural, printable, say } from './output.ts';
import { buildReport, type CheckReport, kindsOf, type UnreviewedPackage } from './report.ts';
import { type CommonOptions, hasEnded, listRuns, openLock, openWorkspace, type Workspace } from './workspace.ts';

export interface ApproveOptions extends CommonOptions {
  readonly allBelow?: Level;
  readonly prune?: boolean;
}

interface Approval {
  readonly entry: Pick<UnreviewedPackage, 'key' | 'against' | 'state'>;
  readonly traits: readonly string[];
}

export async function approve(
  packageName: string | undefined,
  traits: readonly string[],
  options: ApproveOptions,
): Promise<void> {
  if (packageName === undefined && options.allBelow === undefined) {
    throw new CliError('approve needs a package, as the check named it, or --all-below LEVEL');
  }
  const workspace = openWorkspace(options);
  const lock = openLock(workspace) ?? emptyLock();
  const { report, sessions } = lastReport(workspace, lock);
  const approvals = select(report, packageName, traits.flatMap(kindsOf), options.allBelow);
  const changed = await updateLock(workspace.lockFile, (current) => {
    const next = accept(current ?? emptyLock(), approvals);
    return options.prune === true ? keepInstalled(next, inventory(workspace.config.root), lockOf(sessions)).lock : next;
  });
  if (!workspace.quiet) say(textOf(report, approvals, changed, workspace.lockName));
}

function lastReport(
  workspace: Workspace,
  lock: Lock,
): { report: CheckReport; sessions: Map<string, { state: LearningState; traits: string[] }> } {
  const run = listRuns(workspace, 'run', 'check').findLast(({ record }) => hasEnded(record));
  if (run === undefined) throw new CliError('there is no run to approve; do "diogenesis check -- COMMAND" first');
  const { sessions } = readObservations(run.path);
  const report = buildReport({
    lock,
    sessions,
    overrides: workspace.config,
    today: dayOf(Date.now()),
    installed: new Set(),
    facts: { lockFile: workspace.lockName, command: run.record.command, commandExit: undefined, processes: 0 },
  });
  const seen = new Map<string, { state: LearningState; traits: string[] }>();
  for (const { principals } of sessions)
    for (const key of principals.keys()) seen.set(key, { state: 'learning', traits: [] });
  return { report, sessions: seen };
}

function select(
  report: CheckReport,
  wanted: string | undefined,
  traits: readonly string[],
  below: Level | undefined,
): Approval[] {
  const isMeant = ({ key, name }: { key: string; name: string }) =>
    wanted === undefined || key === wanted || name === wanted;
  const approvals: Approval[] = [];
  const left = new Set(traits);
  for (const entry of report.packages.filter(isMeant)) {
    const chosen: string[] = [];
    for (const { trait, level, denied } of entry.unreviewed) {
      if (traits.length > 0 && !traits.includes(trait)) continue;
      left.delete(trait);
      if (below !== undefined && severityOf(level) >= severityOf(below)) continue;
      if (denied !== undefined) {
        if (wanted === undefined) continue;
        throw new CliError(`${entry.key}: ${trait} is denied in the config file (${denied}); change it there first`);
      }
      chosen.push(trait);
    }
    if (chosen.length > 0) approvals.push({ entry, traits: chosen });
  }
  for (const entry of report.harmless) {
    if (isMeant(entry)) approvals.push({ entry, traits: [] });
  }
  const [unknown] = left;
  if (unknown !== undefined) throw unknownTrait(report, wanted as string, unknown);
  if (approvals.length === 0 && wanted !== undefined && !report.packages.some(isMeant))
    throw unknownPackage(report, wanted);
  return approvals;
}

function unknownPackage(report: CheckReport, wanted: string): CliError {
  const keys = report.packages.flatMap(({ key, name }) => [key, name]);
  const hint = closest(wanted, keys);
  const help =
    hint === undefined
      ? keys.length === 0
        ? 'nothing in it is unreviewed'
        : `unreviewed: ${report.packages.map(({ key }) => key).join(', ')}`
      : `did you mean ${hint}?`;
  return new CliError(`${wanted}: the last run has no unreviewed behavior of it (${help})`);
}

function unknownTrait(report: CheckReport, wanted: string, trait: string): CliError {
  const known = report.packages
    .filter(({ key, name }) => key === wanted || name === wanted)
    .flatMap(({ unreviewed }) => unreviewed.map((one) => one.trait));
  const hint = closest(trait, known);
  return new CliError(
    `${wanted}: the last run has no unreviewed "${trait}"${hint === undefined ? '' : ` (did you mean "${hint}"?)`}`,
  );
}

/** The lock with what was approved. An approved version starts from what the version before it did. */
function accept(lock: Lock, approvals: readonly Approval[]): Lock {
  const entries = new Map(entriesOf(lock));
  for (const { entry, traits } of approvals) {
    const own = entryOf(lock, entry.key);
    const start = own ?? (entry.against === undefined ? undefined : entryOf(lock, entry.against));
    entries.set(entry.key, {
      state: start?.state ?? 'learning',
      traits: collapse([...(start?.traits ?? []), ...traits]),
    });
  }
  return lockOf(entries);
}

function textOf(report: CheckReport, approvals: readonly Approval[], changed: boolean, lockName: string): string {
  const paint = painter(process.stderr);
  const traits = approvals.flatMap((approval) => approval.traits);
  const approved = new Set(
    approvals.flatMap(({ entry, traits: list }) => list.map((trait) => `${entry.key} ${trait}`)),
  );
  const remaining = report.packages
    .map(({ key, unreviewed }) => unreviewed.filter(({ trait }) => !approved.has(`${key} ${trait}`)).length)
    .filter((count) => count > 0);
  const head = changed
    ? `${plural(traits.length, 'trait')} of ${plural(approvals.length, 'package')} approved into ${lockName}`
    : `nothing to approve; ${lockName} is unchanged`;
  const lines = [`${paint('bold', 'diogenesis')}: ${head}`];
  for (const { entry, traits: list } of approvals) {
    for (const trait of [...list].sort(byDanger))
      lines.push(`  ${paintLevel(paint, dangerLevel(trait))} ${printable(entry.key)} ${printable(trait)}`);
  }
  if (remaining.length > 0)
    lines.push(
      `  still unreviewed: ${plural(
        remaining.reduce((a, b) => a + b, 0),
        'trait',
      )} of ${plural(remaining.length, 'package')}`,
    );
  return lines.join('\n');
}
