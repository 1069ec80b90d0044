import type { Deed } from '../behavior.ts';
import { ArrayIsArray, RegExpPrototypeExec } from '../primordials.ts';
import type { Level } from '../response/finding.ts';
import { LEVELS } from '../response/finding.ts';
import { CUSTOM_WINDOW, MAX_CUSTOM_STEPS } from './thresholds.ts';

/** A sequence of one's own: traits that one package must not show in this order. */
export interface CustomPattern {
  /** Becomes `diogenesis.finding.pattern` and the rule's name. */
  name: string;
  description?: string;
  /** Traits in order; `*` stands for anything: `fs.read:* [credential]`, `net.connect:*`. 1 to 8 steps. */
  sequence: string[];
  /** From first to last step. Default 300. */
  windowSeconds?: number;
  /** Default WARN. */
  level?: Level;
  /** Techniques or documents, shown with the finding. */
  reference?: string[];
  /** Package name or key the pattern is about, `*` stands for anything. Default every package. */
  package?: string;
  /** Asked for the last step: only a true answer makes a match. One that throws disables the pattern. */
  when?: (deed: Deed) => boolean;
}

export interface CompiledPattern {
  readonly name: string;
  readonly level: Level;
  readonly windowMs: number;
  readonly steps: readonly string[];
  readonly package: string | undefined;
  readonly when: ((deed: Deed) => boolean) | undefined;
  readonly rule: { readonly name: string; readonly description: string; readonly reference: readonly string[] };
  disabled: boolean;
}

const KEYS: readonly string[] = [
  'name',
  'description',
  'sequence',
  'windowSeconds',
  'level',
  'reference',
  'package',
  'when',
];
const NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;

/** @throws TypeError with one line that names the field and says what it must be. */
export function compilePattern(pattern: CustomPattern): CompiledPattern {
  if (typeof pattern !== 'object' || pattern === null) throw new TypeError('pattern must be an object');
  const { name } = pattern;
  if (typeof name !== 'string' || RegExpPrototypeExec(NAME, name) === null) {
    throw new TypeError('pattern.name must be 1 to 64 letters, digits, ".", "_" or "-", beginning with a letter');
  }
  const fail = (what: string): never => {
    throw new TypeError(`pattern "${name}": ${what}`);
  };
  for (const key of Object.keys(pattern)) {
    if (!KEYS.includes(key)) fail(`unknown key "${key}"; known are ${KEYS.join(', ')}`);
  }
  const { sequence, windowSeconds = CUSTOM_WINDOW, level = 'WARN', reference = [], description } = pattern;
  if (!ArrayIsArray(sequence) || sequence.length < 1 || sequence.length > MAX_CUSTOM_STEPS) {
    fail(`sequence must be an array of 1 to ${MAX_CUSTOM_STEPS} traits`);
  }
  for (const step of sequence) {
    if (typeof step !== 'string' || step === '' || step.length > 512) fail('each step of sequence must be a trait');
  }
  if (typeof windowSeconds !== 'number' || !(windowSeconds > 0) || windowSeconds > 86_400) {
    fail('windowSeconds must be a number above 0 and at most 86400');
  }
  if (!LEVELS.includes(level)) fail(`level must be one of ${LEVELS.join(', ')}`);
  if (!ArrayIsArray(reference) || !reference.every((one) => typeof one === 'string')) {
    fail('reference must be an array of strings');
  }
  if (description !== undefined && typeof description !== 'string') fail('description must be a string');
  if (pattern.package !== undefined && (typeof pattern.package !== 'string' || pattern.package === '')) {
    fail('package must be a package name');
  }
  if (pattern.when !== undefined && typeof pattern.when !== 'function') fail('when must be a function');
  return {
    name,
    level,
    windowMs: windowSeconds * 1000,
    steps: [...sequence],
    package: pattern.package,
    when: pattern.when,
    rule: { name, description: description ?? `Matches the pattern ${name}.`, reference: [...reference] },
    disabled: false,
  };
}

/** `*` stands for anything, also for nothing; everything else for itself. Never backtracks further than one star. */
export function globMatches(glob: string, text: string): boolean {
  let g = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    if (g < glob.length && glob[g] === '*') {
      star = g++;
      mark = t;
    } else if (g < glob.length && glob[g] === text[t]) {
      g++;
      t++;
    } else if (star !== -1) {
      g = star + 1;
      t = ++mark;
    } else return false;
  }
  while (g < glob.length && glob[g] === '*') g++;
  return g === glob.length;
}
