import { threadId } from 'node:worker_threads';
import { printable } from '../classification/text.ts';
import {
  ArrayPrototypeJoin,
  closeSync,
  DateConstructor,
  DatePrototypeToISOString,
  JSONStringify,
  NumberPrototypeToFixed,
  openSync,
  writeSync,
} from '../primordials.ts';
import { type Finding, rounded } from './finding.ts';

/** Findings as one JSON object a line: the format of `--findings FILE` (contract.md). */
export function findingAsLine(finding: Finding): string {
  return `${JSONStringify({
    id: finding.id,
    time: DatePrototypeToISOString(new DateConstructor(finding.time)),
    level: finding.level,
    pattern: finding.pattern,
    reason: finding.reason,
    package: { name: finding.principal.name, version: finding.principal.version },
    chain: finding.chain,
    trait: finding.trait,
    voltage: rounded(finding.voltage),
    rule: { name: finding.rule.name, reference: finding.rule.reference },
    steps: finding.steps,
    baseline: finding.baseline,
    tool: finding.agent?.tool,
    agent: finding.agent?.name,
    conversation: finding.agent?.conversation,
    file: finding.code?.file,
    line: finding.code?.line,
    blocked: finding.blocked,
    pid: process.pid,
    threadId,
    traceId: finding.traceId,
    spanId: finding.spanId,
  })}\n`;
}

const DISK_FULL = { code: 'ENOSPC' };
/* Findings that could not be written yet. */
const MAX_UNWRITTEN = 256;

/**
 * Appends findings to a file, each before the act goes on. Where that fails (a full disk, no descriptor left, a mocked
 * file system) it is said once, and what is owed is written with the next one.
 */
export function findingsFile(
  path: string,
  complain: (line: string) => void,
  onLoss: () => void = () => {},
): (finding: Finding) => void {
  let hasComplained = false;
  let owed = '';
  let unwritten = 0;
  return (finding) => {
    if (unwritten < MAX_UNWRITTEN) {
      owed += findingAsLine(finding);
      unwritten++;
    }
    try {
      // Opened anew each time: a descriptor that is kept can be closed, or written to, by anybody in the process.
      const descriptor = openSync(path, 'a', 0o600);
      try {
        const size = Buffer.byteLength(owed);
        if (writeSync(descriptor, owed) < size) {
          // Part of it is there: what is torn is closed off, and all of it said again.
          owed = `\n${owed}`;
          throw DISK_FULL;
        }
        owed = '';
        unwritten = 0;
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      if (hasComplained) return;
      hasComplained = true;
      onLoss();
      complain(`findings cannot be written to ${path} (${(error as NodeJS.ErrnoException).code}); give another file`);
    }
  };
}

const COLORS = { LOG: 36, WARN: 33, ALERT: 31 } as const;

/** A finding as a person reads it on a terminal: what, who, why, through whom. */
export function findingAsText(finding: Finding, colored: boolean): string {
  const paint = (code: number, text: string) => (colored ? `\u001b[${code}m${text}\u001b[0m` : text);
  const { agent } = finding;
  const lines = [
    `${paint(COLORS[finding.level], `diogenesis ${finding.level}`)} ${finding.pattern} ${paint(1, finding.principal.key)}${finding.blocked === true ? ' · blocked' : ''}`,
    `  ${finding.reason}`,
    `  trait ${finding.trait} · chain ${ArrayPrototypeJoin(finding.chain, ' ← ')} · voltage ${NumberPrototypeToFixed(finding.voltage, 2)} · ${finding.id}`,
    ...(agent === undefined ? [] : [agentLine(agent)]),
    '',
  ];
  return ArrayPrototypeJoin(lines, '\n');
}

function agentLine({ tool, name, conversation }: NonNullable<Finding['agent']>): string {
  const parts: string[] = [];
  if (tool !== undefined) parts[parts.length] = `tool ${tool}`;
  if (name !== undefined) parts[parts.length] = `agent ${name}`;
  if (conversation !== undefined) parts[parts.length] = `conversation ${printable(conversation)}`;
  return `  ${ArrayPrototypeJoin(parts, ' · ')}`;
}

/** Writes to stderr without touching `process.stderr`, whose getter the host may not have run yet. Never throws. */
export function writeToStderr(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // Closed or full (EAGAIN on a pipe nobody reads): the app must not notice.
  }
}

/** One clear line for the operator, on stderr. */
export function complain(line: string): void {
  writeToStderr(`diogenesis: ${line}\n`);
}
