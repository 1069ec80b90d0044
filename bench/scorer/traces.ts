/**
 * Sequences of system calls as ADFA-LD and the UNM collection have them. The data is not in this repository: its owners
 * gave no licence to pass it on.
 *
 * | collection | folders | a file |
 * |---|---|---|
 * | ADFA-LD | `Training_Data_Master`, `Validation_Data_Master`, `Attack_Data_Master/*` | numbers with spaces between |
 * | UNM | any, with `normal` or `train`, `valid` or `test`, `attack`, `intrusion`, `trace` or `exploit` in their names | `pid call` a line, a trace for each pid |
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export type Trace = readonly number[];

export interface Traces {
  readonly train: readonly Trace[];
  readonly valid: readonly Trace[];
  readonly attack: readonly Trace[];
}

const KINDS: readonly (readonly [keyof Traces, RegExp])[] = [
  ['attack', /attack|intrusion|exploit|trojan/i],
  ['valid', /valid|test/i],
  ['train', /train|normal|live|synth/i],
];

/** Traces shorter than that hold no window of six. */
const SHORTEST = 6;

export function parseTraces(text: string): Trace[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const isUnm = lines.length > 1 && lines.every((line) => /^\s*\d+\s+\d+\s*$/.test(line));
  if (!isUnm) return [text.split(/\s+/).filter(Boolean).map(Number).filter(Number.isInteger)];
  const byPid = new Map<string, number[]>();
  for (const line of lines) {
    const [pid, call] = line.trim().split(/\s+/) as [string, string];
    const trace = byPid.get(pid) ?? [];
    trace.push(Number(call));
    byPid.set(pid, trace);
  }
  return [...byPid.values()];
}

/** @throws Error when a kind is missing. */
export function readTraces(folder: string): Traces {
  const traces = { train: [] as Trace[], valid: [] as Trace[], attack: [] as Trace[] };
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const path of entries.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    const kind = KINDS.find(([, pattern]) => pattern.test(relative(folder, path)))?.[0];
    if (kind === undefined) continue;
    traces[kind].push(...parseTraces(readFileSync(path, 'utf8')).filter(({ length }) => length >= SHORTEST));
  }
  // UNM has no validation part: every other normal trace becomes one.
  if (traces.valid.length === 0) {
    traces.valid = traces.train.filter((_, index) => index % 2 === 1);
    traces.train = traces.train.filter((_, index) => index % 2 === 0);
  }
  for (const [kind, of] of Object.entries(traces)) {
    if (of.length === 0) throw new Error(`${folder} holds no ${kind} traces`);
  }
  return traces;
}
