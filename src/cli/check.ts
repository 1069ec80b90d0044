/** `diogenesis check`: a monitored run, compared with the lock file. */
import fs from 'node:fs';
import path from 'node:path';
import { readObservationsOf } from '../baseline/observation.ts';
import { dayOf } from '../baseline/overrides.ts';
import { inventory } from './installed.ts';
import { CliError, painter, plural, say, widthOf, write } from './output.ts';
import { buildReport, type CheckReport } from './report.ts';
import { jsonReport } from './report-json.ts';
import { markdownReport } from './report-markdown.ts';
import { sarifReport } from './report-sarif.ts';
import { textReport } from './report-text.ts';
import { StatusLine } from './status-line.ts';
import { endLike, type Outcome, supervise } from './supervise.ts';
import type { CommonOptions, Workspace } from './workspace.ts';
import { forgetOldRuns, lossOf, openRun, openWorkspace, requireLock, writeRecord } from './workspace.ts';

export const FORMATS = ['text', 'json', 'markdown', 'sarif'] as const;
export type Format = (typeof FORMATS)[number];

export interface CheckOptions extends CommonOptions {
  /** Default: text, or what the name of an output file ends with. */
  readonly format?: Format;
  readonly output?: readonly string[];
  readonly audit?: boolean;
}

const UNREVIEWED = 3;

export async function check(command: readonly string[], options: CheckOptions): Promise<void> {
  const workspace = openWorkspace(options);
  const lock = requireLock(workspace);
  const run = openRun(workspace, 'check', command);
  try {
    // A report on stdout must be all there is on it.
    const stdoutToStderr = (options.format ?? 'text') !== 'text' && options.output === undefined;
    const outcome = await supervise(command, workspace, run, { mode: 'check', stdoutToStderr, audit: options.audit });
    const status = StatusLine.onStderr(workspace.quiet);
    const { sessions, files, problems } = readObservationsOf([run.path], (read, all) => {
      status.show(`diogenesis: reading what was observed, ${read} of ${plural(all, 'file')}`);
    });
    status.clear();
    for (const problem of problems) say(`diogenesis: ${problem}`);
    writeRecord(run.path, { ...run.record, ended: true });
    if (files === 0) {
      throw new CliError(
        'no Node process could be observed, nothing was checked; is the command a Node program, and its Node >= 22.15?',
      );
    }
    const { allow, deny, levels, root } = workspace.config;
    const report = buildReport({
      lock,
      sessions,
      overrides: { allow, deny, levels },
      today: dayOf(Date.now()),
      installed: inventory(root).keys,
      facts: { lockFile: workspace.lockName, command, commandExit: outcome.signal ?? outcome.code, processes: files },
    });
    deliver(report, options, workspace);
    end(report, outcome);
    const loss = lossOf(run);
    if (loss !== undefined && report.packages.length === 0) throw new CliError(`${loss} The check is incomplete`);
  } finally {
    if (run.isTemporary) fs.rmSync(run.path, { recursive: true, force: true });
    else forgetOldRuns(workspace);
  }
}

function deliver(report: CheckReport, { format, output }: CheckOptions, workspace: Workspace): void {
  for (const file of output ?? []) {
    try {
      fs.writeFileSync(file, render(report, format ?? formatOf(file), workspace));
    } catch (error) {
      throw new CliError(`${file}: cannot be written (${(error as NodeJS.ErrnoException).code})`);
    }
  }
  if (output === undefined && format !== undefined && format !== 'text') write(1, render(report, format, workspace));
  else if (!workspace.quiet || (output === undefined && report.packages.length > 0)) {
    say(textReport(report, painter(process.stderr), widthOf(process.stderr)));
  }
}

const ENDINGS: Readonly<Record<string, Format>> = { '.json': 'json', '.md': 'markdown', '.sarif': 'sarif' };

function formatOf(file: string): Format {
  return ENDINGS[path.extname(file)] ?? 'text';
}

function render(report: CheckReport, format: Format, workspace: Workspace): string {
  switch (format) {
    case 'json':
      return jsonReport(report);
    case 'markdown':
      return markdownReport(report);
    case 'sarif':
      return sarifReport(report, workspace.config.root);
    default:
      return `${textReport(report, (_format, text) => text, 100)}\n`;
  }
}

/* A command that failed on its own has not shown what it does: its failure stays visible, unless worse was found. */
function end(report: CheckReport, outcome: Outcome): void {
  if (report.packages.length > 0) process.exitCode = UNREVIEWED;
  else if (!outcome.wasAsked) endLike(outcome);
}
