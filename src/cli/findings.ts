/** Findings as the processes of a run wrote them (`--findings FILE`). */
import fs from 'node:fs';
import type { Level } from '../response/finding.ts';
import { LEVELS, severityOf } from '../response/finding.ts';

/** One line of a findings file. */
export interface FindingLine {
  readonly id: string;
  readonly time: string;
  readonly level: Level;
  readonly pattern: string;
  readonly reason: string;
  readonly package: { readonly name: string; readonly version: string };
  readonly chain: readonly string[];
  readonly trait: string;
  readonly voltage: number;
  readonly rule?: {
    readonly name: string;
    readonly description?: string;
    readonly reference?: readonly string[] | string;
  };
  readonly steps?: readonly { readonly time: number; readonly principal: string; readonly trait: string }[];
  readonly baseline?: string;
  /** Where in the code. */
  readonly file?: string;
  readonly line?: number;
  /** The act was refused. */
  readonly blocked?: boolean;
  readonly pid?: number;
  readonly threadId?: number;
  readonly traceId?: string;
  readonly spanId?: string;
}

/**
 * Reads the findings of a file from an offset on. A missing file has none; a torn or foreign line is skipped. What is
 * not a file (a pipe, a terminal, /dev/full) cannot be read again: it would never end.
 */
export function readFindings(file: string, from = 0): FindingLine[] {
  let text: string;
  try {
    if (!fs.statSync(file).isFile()) return [];
    text = fs.readFileSync(file).subarray(from).toString('utf8');
  } catch {
    return [];
  }
  const findings: FindingLine[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    try {
      const finding = JSON.parse(line) as FindingLine;
      if (
        typeof finding.id === 'string' &&
        LEVELS.includes(finding.level) &&
        typeof finding.package?.name === 'string'
      ) {
        findings.push(finding);
      }
    } catch {
      // Torn by a crash.
    }
  }
  return findings;
}

export function keyOfFinding({ package: { name, version } }: FindingLine): string {
  return version === '' || version === undefined ? name : `${name}@${version}`;
}

export function countByLevel(findings: readonly FindingLine[]): Record<Level, number> {
  const counts: Record<Level, number> = { LOG: 0, WARN: 0, ALERT: 0 };
  for (const { level } of findings) counts[level]++;
  return counts;
}

export function reaches(findings: readonly FindingLine[], level: Level): boolean {
  return findings.some((finding) => severityOf(finding.level) >= severityOf(level));
}
