/**
 * Who put a function of theirs in the place of one through which everybody reaches the network. The canary notices that
 * something else stands there, never who put it. That is the module whose text has the function in it: one that has just
 * run, or the one from which a call comes that leads through it.
 */
import { fileURLToPath } from 'node:url';
import { types } from 'node:util';
import type { CallSite } from './attribution/call-sites.ts';
import {
  FunctionPrototypeToString,
  ReflectGetOwnPropertyDescriptor,
  readFileSync,
  StringPrototypeEndsWith,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  statSync,
} from './primordials.ts';

const { isProxy } = types;

interface Interposer {
  /** Of the function that was replaced. */
  readonly name: string;
  readonly now: object;
  /** Calls that did not come from it. */
  calls: number;
  /** Modules that have run since and did not have it. */
  modules: number;
}

const MAX_WAITING = 8;
/** Then somebody made it from text, or uses ours by a way of their own, and it is let be. */
const MAX_CALLS = 16;
/** So deep in each other are modules that run. */
const MAX_MODULES = 16;
const MAX_FILE = 4 * 1024 * 1024;
/** A text shorter than this can stand in many a file. */
const MIN_TEXT = 16;

const waiting: Interposer[] = [];

/** `now` has been found in the place of our `name`. */
export function noteInterposer(name: string, now: unknown): void {
  if (typeof now !== 'function' || waiting.length >= MAX_WAITING) return;
  waiting[waiting.length] = { name, now, calls: 0, modules: 0 };
}

/** Whether somebody is looked for. */
export function anyInterposer(): boolean {
  return waiting.length > 0;
}

/** The name of the function in whose place that one stands from which this call comes. Each is answered once. */
export function interposedBy(site: CallSite | undefined): string | undefined {
  for (let i = 0; i < waiting.length; i++) {
    const one = waiting[i] as Interposer;
    const found = site !== undefined && isInside(site, one.now);
    if (!found && ++one.calls < MAX_CALLS) continue;
    remove(i);
    if (found) return one.name;
    i--;
  }
  return undefined;
}

/** The same of a module that has just run. */
export function interposedByModule(file: string): string | undefined {
  for (let i = 0; i < waiting.length; i++) {
    const one = waiting[i] as Interposer;
    if (one.modules >= MAX_MODULES) continue;
    one.modules++;
    if (!holdsText(file, one.now)) continue;
    remove(i);
    return one.name;
  }
  return undefined;
}

function remove(at: number): void {
  for (let i = at + 1; i < waiting.length; i++) waiting[i - 1] = waiting[i] as Interposer;
  waiting.length--;
}

function isInside(site: CallSite, now: object): boolean {
  // A Proxy and a bound function have no text; what runs on their behalf has a name.
  if (isProxy(now)) return isNamed(site, 'apply');
  if (StringPrototypeEndsWith(FunctionPrototypeToString(now), NATIVE)) {
    const name = ReflectGetOwnPropertyDescriptor(now, 'name')?.value;
    return (
      typeof name === 'string' &&
      StringPrototypeStartsWith(name, 'bound ') &&
      isNamed(site, StringPrototypeSlice(name, 6))
    );
  }
  return holdsText(site.file, now);
}

const NATIVE = '{ [native code] }';

function holdsText(file: string, now: object): boolean {
  const text = FunctionPrototypeToString(now);
  if (text.length < MIN_TEXT || StringPrototypeEndsWith(text, NATIVE)) return false;
  const source = textOf(file);
  return source !== undefined && StringPrototypeIndexOf(source, text) >= 0;
}

/* `apply`, `Object.apply`, `async apply`: as versions of V8 write it. */
function isNamed({ functionName }: CallSite, name: string): boolean {
  return name !== '' && (functionName === name || StringPrototypeEndsWith(functionName, `.${name}`));
}

function textOf(file: string): string | undefined {
  try {
    const path = StringPrototypeStartsWith(file, 'file:') ? fileURLToPath(file) : file;
    if (statSync(path).size > MAX_FILE) return undefined;
    return readFileSync(path, 'utf8');
  } catch {
    // Not a file: text that was made into code.
    return undefined;
  }
}
