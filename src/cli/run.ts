/** `diogenesis run`: the app monitored, findings as they happen, a summary at the end. */
import fs from 'node:fs';
import { readObservations } from '../baseline/observation.ts';
import { type Level, severityOf } from '../response/finding.ts';
import { countByLevel, type FindingLine, keyOfFinding, reaches, readFindings } from './findings.ts';
import { CliError, fit, type Paint, painter, paintLevel, plural, printable, say, widthOf } from './output.ts';
import { endLike, supervise } from './supervise.ts';
import {
  type CommonOptions,
  forgetOldRuns,
  lossOf,
  openLock,
  openRun,
  openWorkspace,
  sayExpired,
  type Workspace,
  writeRecord,
} from './workspace.ts';

export interface RunOptions extends CommonOptions {
  readonly failOn?: Level;
  readonly audit?: boolean;
}

const FAILED = 3;
const MAX_LISTED = 8;

export async function run(command: readonly string[], options: RunOptions): Promise<void> {
  const workspace = openWorkspace(options);
  sayExpired(workspace);
  const hasLock = canReadLock(workspace);
  const folder = openRun(workspace, 'run', command);
  try {
    const outcome = await supervise(command, workspace, folder, { mode: undefined, audit: options.audit });
    const { sessions, files } = readObservations(folder.path);
    const findings = readFindings(folder.record.findings, folder.record.findingsFrom);
    if (!workspace.quiet) {
      const seen = sessions.reduce((count, { principals }) => count + principals.size, 0);
      say(
        summary(
          { findings, processes: files, packages: seen, hasLock },
          painter(process.stderr),
          widthOf(process.stderr),
        ),
      );
    }
    writeRecord(folder.path, { ...folder.record, ended: true });
    const loss = lossOf(folder);
    if (
      options.failOn !== undefined &&
      outcome.code === 0 &&
      loss !== undefined &&
      !reaches(findings, options.failOn)
    ) {
      throw new CliError(`${loss} Whether there were findings cannot be told`);
    }
    const failed = options.failOn !== undefined && outcome.code === 0 && reaches(findings, options.failOn);
    if (failed) process.exitCode = FAILED;
    else endLike(outcome);
  } finally {
    if (folder.isTemporary) fs.rmSync(folder.path, { recursive: true, force: true });
    else forgetOldRuns(workspace);
  }
}

/* A lock file that cannot be read is said by every process of the app; the app starts all the same. */
function canReadLock(workspace: Workspace): boolean {
  try {
    return openLock(workspace) !== undefined;
  } catch (error) {
    if (error instanceof CliError) return false;
    throw error;
  }
}

interface RunSummary {
  readonly findings: readonly FindingLine[];
  readonly processes: number;
  readonly packages: number;
  readonly hasLock: boolean;
}

export function summary({ findings, processes, packages, hasLock }: RunSummary, paint: Paint, width: number): string {
  const bold = (text: string) => paint('bold', text);
  if (processes === 0) {
    return `${bold('diogenesis')}: no Node process could be observed; is the command a Node program, and its Node >= 22.15?`;
  }
  const counts = countByLevel(findings);
  const told = (['ALERT', 'WARN', 'LOG'] as const).filter((level) => counts[level] > 0);
  const total =
    told.length === 0 ? paint('green', 'no findings') : told.map((level) => `${counts[level]} ${level}`).join(', ');
  const where = `${plural(packages, 'package')} in ${plural(processes, 'process', 'processes')}`;
  const lines = [
    `${bold('diogenesis')}: ${total}; watched ${where}${hasLock ? '' : ', without a lock file (see "diogenesis learn")'}`,
  ];
  const rows = worstByPackage(findings);
  const nameWidth = Math.min(36, Math.max(0, ...rows.slice(0, MAX_LISTED).map((row) => row.key.length)));
  for (const row of rows.slice(0, MAX_LISTED)) {
    const voltage = row.voltage === undefined ? '' : `  voltage ${row.voltage.toFixed(2)}`;
    const head = `  ${row.level.padEnd(5)} ${fit(row.key, nameWidth).padEnd(nameWidth)}${voltage}  `;
    const patterns = fit(row.patterns.join(', '), Math.max(10, width - head.length));
    lines.push(`  ${paintLevel(paint, row.level)}${head.slice(7)}${patterns}`);
  }
  if (rows.length > MAX_LISTED) lines.push(`  and ${plural(rows.length - MAX_LISTED, 'more package')}`);
  const worst = [...findings].sort((a, b) => severityOf(b.level) - severityOf(a.level))[0];
  if (worst !== undefined) lines.push(paint('dim', `  why: diogenesis explain ${printable(worst.id)}`));
  return lines.join('\n');
}

interface PackageRow {
  readonly key: string;
  level: Level;
  voltage: number | undefined;
  readonly patterns: string[];
}

function worstByPackage(findings: readonly FindingLine[]): PackageRow[] {
  const rows = new Map<string, PackageRow>();
  for (const finding of findings) {
    const key = printable(keyOfFinding(finding));
    let row = rows.get(key);
    if (row === undefined) {
      row = { key, level: finding.level, voltage: undefined, patterns: [] };
      rows.set(key, row);
    }
    if (severityOf(finding.level) > severityOf(row.level)) row.level = finding.level;
    if (typeof finding.voltage === 'number') row.voltage = Math.min(row.voltage ?? 1, finding.voltage);
    const pattern = printable(String(finding.pattern));
    if (!row.patterns.includes(pattern)) row.patterns.push(pattern);
  }
  return [...rows.values()].sort(
    (a, b) =>
      severityOf(b.level) - severityOf(a.level) || (a.voltage ?? 1) - (b.voltage ?? 1) || (a.key < b.key ? -1 : 1),
  );
}
