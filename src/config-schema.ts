/**
 * Checks a configuration against `diogenesis.schema.json`, the one place where its keys and types are written down.
 * Only the parts of JSON Schema that the file uses; what is wrong is dropped, so that one typo costs one key.
 */
import schema from '../diogenesis.schema.json' with { type: 'json' };
import { closest } from './closest.ts';
import { ArrayIsArray, JSONStringify, RegExpPrototypeExec } from './primordials.ts';

interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: Schema;
}

const DATE = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

/**
 * What of a value conforms to the schema, and one line for everything that does not.
 * Undefined when nothing does.
 */
export function conform(value: unknown, source: string, problems: string[]): Record<string, unknown> | undefined {
  return check(value, schema as Schema, '', source, problems) as Record<string, unknown> | undefined;
}

function check(value: unknown, rule: Schema, key: string, source: string, problems: string[]): unknown {
  const expectation = expectationOf(value, rule);
  if (expectation !== undefined) {
    problems[problems.length] =
      `${source}: ${key === '' ? 'the configuration' : `"${key}"`} must be ${expectation}, not ${show(value)}`;
    return undefined;
  }
  if (rule.type === 'array' && rule.items !== undefined)
    return checkList(value as unknown[], rule.items, key, source, problems);
  if (rule.type === 'object' && rule.properties !== undefined) {
    return checkObject(value as Record<string, unknown>, rule, rule.properties, key, source, problems);
  }
  return value;
}

function checkList(list: unknown[], items: Schema, key: string, source: string, problems: string[]): unknown[] {
  const good: unknown[] = [];
  for (let i = 0; i < list.length; i++) {
    const item = check(list[i], items, `${key}[${i}]`, source, problems);
    if (item !== undefined) good[good.length] = item;
  }
  return good;
}

function checkObject(
  value: Record<string, unknown>,
  rule: Schema,
  properties: Readonly<Record<string, Schema>>,
  key: string,
  source: string,
  problems: string[],
): Record<string, unknown> | undefined {
  const good: Record<string, unknown> = { __proto__: null };
  const prefix = key === '' ? '' : `${key}.`;
  const names = Object.keys(value);
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (property === undefined) {
      const hint = closest(name, Object.keys(properties));
      const help = hint === undefined ? '' : ` (did you mean "${prefix}${hint}"?)`;
      problems[problems.length] = `${source}: unknown key "${prefix}${name}"${help}`;
      continue;
    }
    if (value[name] === undefined) continue;
    const checked = check(value[name], property, prefix + name, source, problems);
    if (checked !== undefined) good[name] = checked;
  }
  const required = rule.required ?? [];
  for (let i = 0; i < required.length; i++) {
    const name = required[i] as string;
    if (good[name] !== undefined) continue;
    if (value[name] === undefined)
      problems[problems.length] = `${source}: "${prefix}${name}" is missing; "${key}" is left out`;
    return undefined;
  }
  return good;
}

/* What was expected, when the value is something else. */
function expectationOf(value: unknown, rule: Schema): string | undefined {
  if (rule.enum !== undefined) {
    for (let i = 0; i < rule.enum.length; i++) if (rule.enum[i] === value) return undefined;
    const hint = typeof value === 'string' ? closest(value, rule.enum) : undefined;
    return `one of ${quoteAll(rule.enum)}${hint === undefined ? '' : ` (did you mean "${hint}"?)`}`;
  }
  switch (rule.type) {
    case 'array':
      return ArrayIsArray(value) ? undefined : 'a list';
    case 'object':
      return typeof value === 'object' && value !== null && !ArrayIsArray(value) ? undefined : 'an object';
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) return 'a number';
      return value < (rule.minimum ?? value) ? `a number of at least ${rule.minimum}` : undefined;
    case 'string':
      if (typeof value !== 'string' || value === '') return 'a text';
      return rule.format === 'date' && RegExpPrototypeExec(DATE, value) === null
        ? 'a date such as 2026-12-31'
        : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'true or false';
    default:
      return undefined;
  }
}

function quoteAll(words: readonly string[]): string {
  let text = '';
  for (let i = 0; i < words.length; i++) text += `${i === 0 ? '' : ', '}"${words[i]}"`;
  return text;
}

function show(value: unknown): string {
  if (ArrayIsArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'function') return 'a function';
  let text: string;
  try {
    text = JSONStringify(value) ?? String(value);
  } catch {
    return `a ${typeof value}`;
  }
  return text.length > 40 ? `${text.slice(0, 37)}…` : text;
}
