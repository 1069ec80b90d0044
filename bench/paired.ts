/** Statistics of paired rounds, and the tables they become. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');
export const register = join(root, 'dist/register.js');
export const subject = (name: string): string => join(root, 'bench/subjects', name);

/** What is loaded before the application, for the measures that compare whole processes. */
export const PRELOADS = {
  bare: [],
  diogenesis: ['--require', register],
  sdk: ['--require', subject('sdk.cjs')],
  both: ['--require', register, '--require', subject('sdk.cjs')],
} as const;
export type Preload = keyof typeof PRELOADS;
export const ALL_PRELOADS = Object.keys(PRELOADS) as Preload[];

export interface Row {
  readonly label: string;
  /** One value a round. */
  readonly values: readonly number[];
  readonly unit: string;
  readonly digits: number;
  /** What the median should be: at most, or at least, this. */
  readonly atMost?: number;
  readonly atLeast?: number;
}
export interface Table {
  readonly title: string;
  readonly rows: readonly Row[];
}
export interface Settings {
  /** A tenth of the time, for a look in passing. */
  readonly quick: boolean;
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Whether the median is where it should be; `undefined` without a target. */
export function verdict({ values, atMost, atLeast }: Row): boolean | undefined {
  if (atMost !== undefined) return median(values) <= atMost;
  return atLeast === undefined ? undefined : median(values) >= atLeast;
}

function target({ atMost, atLeast, digits, unit }: Row): string {
  const limit = atMost ?? atLeast;
  return limit === undefined ? '' : `${atMost === undefined ? '≥' : '≤'} ${limit.toFixed(Math.min(digits, 2))} ${unit}`;
}

export function asText({ title, rows }: Table): string {
  let text = `\n${title}\n`;
  for (const row of rows) {
    const shown = (q: number) => quantile(row.values, q).toFixed(row.digits);
    const spread = row.values.length > 1 ? `(${shown(0.25)} – ${shown(0.75)})` : '';
    const met = verdict(row);
    const mark = met === undefined ? '' : `${target(row)}${met ? '' : '  missed'}`;
    text += `  ${row.label.padEnd(46)} ${shown(0.5).padStart(9)} ${row.unit.padEnd(4)} ${spread.padEnd(20)} ${mark}\n`;
  }
  return text;
}

export function asMarkdown({ title, rows }: Table): string {
  let text = `### ${title}\n\n| | median | middle half | target |\n|---|---:|---|---|\n`;
  for (const row of rows) {
    const shown = (q: number) => quantile(row.values, q).toFixed(row.digits);
    const spread = row.values.length > 1 ? `${shown(0.25)} – ${shown(0.75)}` : '';
    const met = verdict(row);
    const mark = met === undefined ? '' : `${target(row)}${met ? '' : ' **missed**'}`;
    text += `| ${row.label} | ${shown(0.5)} ${row.unit} | ${spread} | ${mark} |\n`;
  }
  return text;
}

/** Runs every variant once a round, in turns that begin elsewhere each time. */
export async function takeTurns<K extends string, T>(
  rounds: number,
  variants: readonly K[],
  measure: (variant: K) => Promise<T>,
): Promise<Record<K, T[]>> {
  const results = Object.fromEntries(variants.map((variant) => [variant, [] as T[]])) as Record<K, T[]>;
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < variants.length; turn++) {
      const variant = variants[(round + turn) % variants.length] as K;
      results[variant].push(await measure(variant));
    }
  }
  return results;
}

/** Round by round, `a` divided by `b`. */
export function ratios(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, round) => value / (b[round] ?? Number.NaN));
}

/** Round by round, `a` without `b`. */
export function differences(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, round) => value - (b[round] ?? Number.NaN));
}

/** The environment of a measured process: nothing of the shell's. */
export function environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of Object.keys(env)) if (/^(OTEL_|DIOGENESIS_|NODE_)/.test(name)) delete env[name];
  return { ...env, DIOGENESIS_QUIET: '1', OTEL_SDK_DISABLED: 'true', ...more };
}

/** Runs a program to its end: what it printed. */
export async function output(
  argv: readonly string[],
  env: Record<string, string> = {},
  cwd: string = root,
  node: string = process.execPath,
): Promise<string> {
  const child = spawn(node, argv, { cwd, env: environment(env), stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}`);
  return text;
}
