/** `diogenesis explain`: the story of one finding. */
import { closest } from '../closest.ts';
import { severityOf } from '../response/finding.ts';
import { type FindingLine, keyOfFinding, readFindings } from './findings.ts';
import { CliError, type Paint, painter, paintLevel, plural, printable, widthOf, wrap, write } from './output.ts';
import { shellWord } from './report.ts';
import { type CommonOptions, listRuns, openWorkspace, type Workspace } from './workspace.ts';

export interface ExplainOptions extends CommonOptions {
  readonly json?: boolean;
  readonly last?: boolean;
}

const MAX_LISTED = 20;

export function explain(wanted: string | undefined, options: ExplainOptions): void {
  const workspace = openWorkspace(options);
  const findings = allFindings(workspace);
  if (findings.length === 0)
    throw new CliError('there are no findings: neither in the last runs nor in a findings file (--findings FILE)');
  const id = options.last === true ? findings.at(-1)?.id : wanted;
  if (id === undefined) {
    if (options.json === true) write(1, `${JSON.stringify(findings.slice(-MAX_LISTED), null, 2)}\n`);
    else write(1, `${listText(findings.slice(-MAX_LISTED), painter(process.stdout))}\n`);
    return;
  }
  const matches = findings.filter((finding) => finding.id === id || finding.id.startsWith(id));
  const finding = matches.find((one) => one.id === id) ?? matches[0];
  if (finding === undefined) {
    const hint = closest(
      id,
      findings.map((one) => one.id),
    );
    throw new CliError(
      `${id}: there is no such finding${hint === undefined ? '; "diogenesis explain" lists them' : ` (did you mean ${hint}?)`}`,
    );
  }
  if (matches.length > 1 && finding.id !== id)
    throw new CliError(`${id}: ${plural(matches.length, 'finding')} begin with it; give more of it`);
  if (options.json === true) write(1, `${JSON.stringify(finding, null, 2)}\n`);
  else write(1, `${storyOf(finding, painter(process.stdout), widthOf(process.stdout))}\n`);
}

function allFindings(workspace: Workspace): FindingLine[] {
  const files = new Set<string>();
  for (const { record } of listRuns(workspace, 'learn', 'run', 'check')) files.add(record.findings);
  if (workspace.config.findings !== undefined) files.add(workspace.config.findings);
  const byId = new Map<string, FindingLine>();
  for (const file of files) for (const finding of readFindings(file)) byId.set(finding.id, finding);
  return [...byId.values()].sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}

function listText(findings: readonly FindingLine[], paint: Paint): string {
  const worst = [...findings].sort((a, b) => severityOf(b.level) - severityOf(a.level))[0];
  const lines = findings.map(
    (finding) =>
      `${paint('dim', printable(finding.id))}  ${paintLevel(paint, finding.level)} ${printable(String(finding.pattern))}  ${paint('bold', printable(keyOfFinding(finding)))}`,
  );
  if (worst !== undefined) lines.push(paint('dim', `diogenesis explain ${shellWord(worst.id)}`));
  return lines.join('\n');
}

/** A finding as a story for a person: what happened, in which order, what was expected, what to do. */
export function storyOf(finding: FindingLine, paint: Paint, width: number): string {
  const key = printable(keyOfFinding(finding));
  const label = (text: string) => paint('dim', text.padEnd(10));
  const field = (name: string, text: string) => `${label(name)}${wrap(printable(text), width - 10, ' '.repeat(10))}`;
  const lines = [
    `${paintLevel(paint, finding.level)} ${paint('bold', String(finding.pattern))} ${key}`,
    '',
    field('what', finding.reason),
    field('trait', finding.trait),
    field('through', finding.chain.join(' ← ')),
    ...(finding.file === undefined ? [] : [field('at', `${finding.file}:${finding.line ?? ''}`)]),
    ...(finding.blocked === true ? [field('blocked', 'the act was refused: it did not happen')] : []),
    field(
      'when',
      `${finding.time}${finding.pid === undefined ? '' : `, process ${finding.pid}${finding.threadId ? `, thread ${finding.threadId}` : ''}`}`,
    ),
  ];
  const steps = finding.steps ?? [];
  if (steps.length > 1) {
    const end = steps[steps.length - 1]?.time ?? 0;
    lines.push('', paint('dim', 'in this order'));
    for (const { time, principal, trait } of steps) {
      lines.push(`  ${beforeEnd(end - time).padStart(9)}  ${printable(principal)}  ${printable(trait)}`);
    }
    lines.push('');
  }
  if (finding.baseline) lines.push(field('baseline', finding.baseline));
  if (typeof finding.voltage === 'number') {
    lines.push(field('voltage', `${finding.voltage.toFixed(2)} (1 = behaves as its baseline, 0 = nothing like it)`));
  }
  const { rule } = finding;
  if (rule !== undefined) {
    lines.push(field('rule', `${rule.name}${referencesOf(rule)}`));
    if (rule.description) lines.push(field('', rule.description));
  }
  if (finding.traceId) lines.push(field('trace', `${finding.traceId} span ${finding.spanId ?? ''}`));
  lines.push('', field('next', nextStep(finding)));
  return lines.join('\n');
}

/** ` (T1552.001, …)`, or nothing. */
export function referencesOf({ reference }: NonNullable<FindingLine['rule']>): string {
  const references = [reference ?? []].flat().join(', ');
  return references === '' ? '' : ` (${references})`;
}

export function beforeEnd(milliseconds: number): string {
  if (milliseconds <= 0) return 'then';
  return milliseconds < 1000 ? `-${Math.round(milliseconds)} ms` : `-${(milliseconds / 1000).toFixed(1)} s`;
}

export function nextStep(finding: FindingLine): string {
  const key = keyOfFinding(finding);
  if (finding.blocked === true) {
    return `this act was refused; look at the code of ${key}; if it is right after all: diogenesis approve ${shellWord(key)}`;
  }
  if (finding.level === 'ALERT') {
    return `treat what it touched as known to a stranger until shown otherwise; look at the code of ${key}; if it is right after all: diogenesis approve ${shellWord(key)}`;
  }
  return `look whether ${key} should do this; if it should: diogenesis approve ${shellWord(key)}`;
}
