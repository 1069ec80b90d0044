import { types } from 'node:util';
import { secretVariable } from '../classification/env-names.ts';
import { namesSecret } from '../classification/secret-values.ts';
import {
  ReflectGetOwnPropertyDescriptor,
  ReflectOwnKeys,
  readFileSync,
  SafeMap,
  StringPrototypeEndsWith,
  StringPrototypeToLowerCase,
  statSync,
} from '../primordials.ts';
import { markContent, markValue } from './secret-contents.ts';
import { SecretMarks } from './secret-marks.ts';

/** The secrets that this thread has met, whoever took them. */
export const secretMarks = new SecretMarks();

/** Larger files are no keys. */
const MAX_FILE = 8_192;
/** Files that are not read again unless they have changed. */
const MAX_FILES = 256;
const { isProxy } = types;
const QUIET = { __proto__: null, throwIfNoEntry: false } as unknown as { throwIfNoEntry: false };

let versions = new SafeMap<string, string>();
let tookEnvironment = false;

/**
 * Somebody is about to read a file of secrets: what it holds is marked. It is read here once more, and not taken from
 * what the caller gets: however it is read (a stream, a descriptor, a promise), its result stays untouched.
 */
export function noteSecretFile(path: string, name: string, family: string): void {
  try {
    const stats = statSync(path, QUIET);
    // Reading anything else may wait, or have an effect.
    if (stats === undefined || !stats.isFile() || stats.size === 0 || stats.size > MAX_FILE) return;
    const version = `${stats.mtimeMs} ${stats.size}`;
    if (versions.get(path) === version) return;
    if (versions.size >= MAX_FILES) versions = new SafeMap();
    versions.set(path, version);
    markContent(secretMarks, readFileSync(path), { name, family, setting: '' });
  } catch {
    // It cannot be read: the caller will not read it either.
  }
}

/* Their value is where a secret lies. */
const PLACES = ['_file', '_path', '_uri', '_sock', 'google_application_credentials', 'kubeconfig'] as const;

/** Marks the secrets of the environment, once: when somebody first might send one. */
export function noteEnvironment(): void {
  if (tookEnvironment) return;
  tookEnvironment = true;
  const { env } = process;
  if (isProxy(env)) return;
  const names = ReflectOwnKeys(env);
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    if (typeof name !== 'string' || !namesSecret(name) || isPlace(name)) continue;
    const value = ReflectGetOwnPropertyDescriptor(env, name)?.value as unknown;
    const family = secretVariable(name) ?? 'environment';
    if (typeof value === 'string') markValue(secretMarks, value, { name, family, setting: name });
  }
}

function isPlace(name: string): boolean {
  const lower = StringPrototypeToLowerCase(name);
  for (let i = 0; i < PLACES.length; i++) if (StringPrototypeEndsWith(lower, PLACES[i] as string)) return true;
  return false;
}

/** Forgets everything. */
export function forgetSecrets(): void {
  secretMarks.clear();
  versions = new SafeMap();
  tookEnvironment = false;
}
