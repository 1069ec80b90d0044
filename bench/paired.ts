/** Statistics of paired rounds, and how they are printed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');
export const register = join(root, 'dist/register.js');

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}
export const median = (values: readonly number[]): number => quantile(values, 0.5);

export function title(text: string): void {
  process.stdout.write(`\n${text}\n`);
}

/** `label   value   (25 % – 75 %)  note` */
export function row(label: string, values: readonly number[], digits: number, unit: string, note = ''): void {
  const shown = (value: number): string => value.toFixed(digits);
  const spread = `(${shown(quantile(values, 0.25))} – ${shown(quantile(values, 0.75))})`;
  process.stdout.write(
    `  ${label.padEnd(44)} ${shown(median(values)).padStart(9)} ${unit.padEnd(6)} ${spread.padEnd(20)} ${note}\n`,
  );
}

/** Runs every variant once a round, in turns that begin elsewhere each time. */
export async function takeTurns<K extends string>(
  rounds: number,
  variants: readonly K[],
  measure: (variant: K) => Promise<number>,
): Promise<Record<K, number[]>> {
  const results = Object.fromEntries(variants.map((variant) => [variant, [] as number[]])) as Record<K, number[]>;
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

/** Runs a program to its end: what it printed. */
export async function output(argv: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const child = spawn(process.execPath, argv, {
    cwd: root,
    env: { ...process.env, DIOGENESIS_QUIET: '1', OTEL_SDK_DISABLED: 'true', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}`);
  return text;
}
