/**
 * A file as a trait names it: the same on every machine, in every checkout, in every run.
 *
 * | style | used for | example |
 * |---|---|---|
 * | `folder` | ordinary files: the folder and the extension | `<app>/config/*.json` |
 * | `exact` | code that is loaded, and sensitive files: every name that is not volatile | `<home>/.aws/credentials` |
 */
import {
  RegExpPrototypeExec,
  SafeMap,
  SafeSet,
  StringPrototypeCharCodeAt,
  StringPrototypeIndexOf,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeToLowerCase,
} from '../primordials.ts';
import { MAX_CACHE_DIRECTORIES, MAX_DIRECTORIES, MAX_EXTENSION_LENGTH, MAX_TRAIT_LENGTH } from './limits.ts';
import type { Place } from './roots.ts';
import { isDrive } from './roots.ts';
import { isDigit, printable, splitOn, words } from './text.ts';
import { isHash, looksSecret, maskVolatile } from './volatile-parts.ts';

export type Style = 'folder' | 'exact';

/** Extensions of files that run: the only thing worth telling of a temporary file. */
const RUNNABLE = new SafeSet(
  words(`
  sh bash zsh command py rb pl php ps1 psm1 bat cmd vbs vbe wsf hta exe dll scr msi com lnk so dylib node wasm
  js cjs mjs ts cts mts jar elf bin run appimage scpt applescript plist service desktop
`),
);

/** Files without an extension whose name is a convention, not somebody's data. */
const NAMED_FILES = new SafeSet(
  words(`
  license licence readme changelog notice makefile dockerfile procfile version gemfile rakefile vagrantfile
  jenkinsfile caddyfile codeowners authors copying pipfile brewfile
`),
);

/** Folders below which names are the business of one tool: how many folder names beneath them are kept. */
const TOOL_TREES = new SafeMap<string, number>([
  ['.cache', MAX_CACHE_DIRECTORIES],
  ['.npm', MAX_CACHE_DIRECTORIES],
  ['.yarn', MAX_CACHE_DIRECTORIES],
  ['.pnpm', 0],
  ['.pnpm-store', 0],
  ['_cacache', 0],
  ['_npx', 0],
  ['.git', MAX_CACHE_DIRECTORIES],
  ['.hg', 0],
  ['.svn', 0],
  ['.next', MAX_CACHE_DIRECTORIES],
  ['.nuxt', MAX_CACHE_DIRECTORIES],
  ['.turbo', 0],
  ['.parcel-cache', 0],
  ['.nyc_output', 0],
  ['.vite', MAX_CACHE_DIRECTORIES],
  ['.angular', MAX_CACHE_DIRECTORIES],
  ['.gradle', MAX_CACHE_DIRECTORIES],
  ['.cargo', MAX_CACHE_DIRECTORIES],
  ['.nvm', MAX_CACHE_DIRECTORIES],
  ['.volta', MAX_CACHE_DIRECTORIES],
  ['caches', MAX_CACHE_DIRECTORIES],
  ['__pycache__', 0],
  ['coverage', 0],
]);

/** System folders: how many names are kept before `*`; those not listed keep the folder of the file. */
const SYSTEM_DEPTH = new SafeMap<string, number>([
  ['usr', 2],
  ['lib', 1],
  ['lib32', 1],
  ['lib64', 1],
  ['opt', 2],
  ['nix', 1],
  ['snap', 2],
  ['System', 2],
  ['Library', 2],
  ['Applications', 1],
  ['C:', 3],
]);

/** System folders whose files have names of their own; the number of names kept. */
const NAMED_SYSTEM_DEPTH = new SafeMap<string, number>([
  ['etc', 4],
  ['proc', 5],
  ['sys', 4],
  ['dev', 3],
]);

/** Kernel names with a number that is a matter of the machine: `cpu7`, `sda1`, `eth0`. */
const KERNEL_NUMBERED =
  /^(cpu|node|index|policy|sd[a-z]|nvme|loop|eth|en[a-z]|wlan|tty[A-Z]*|hwmon|thermal_zone|cooling_device|card|input|event|fd)\d/;

/** Extension of a file name without the dot, when it is short and plain; otherwise empty. */
export function extensionOf(name: string): string {
  const dot = StringPrototypeLastIndexOf(name, '.');
  const length = name.length - dot - 1;
  if (dot <= 0 || length === 0 || length > MAX_EXTENSION_LENGTH) return '';
  const extension = StringPrototypeToLowerCase(StringPrototypeSlice(name, dot + 1));
  let digits = 0;
  for (let i = 0; i < extension.length; i++) {
    const code = StringPrototypeCharCodeAt(extension, i);
    if (isDigit(code)) digits++;
    else if (code < 97 || code > 122) return '';
  }
  // `.so.6`, `.log.1`, `.tmp4821`: the number is volatile.
  if (digits * 2 > extension.length || digits > 2) return '';
  // `.js.map`, `.d.ts` and `.tar.gz` are no different from their last part for a reviewer.
  return extension;
}

/* A dot file's name is a convention (.prettierrc, .babelrc.json); only what changes in it goes. */
function maskFileName(name: string): string {
  if (name[0] === '.') {
    const masked = maskVolatile(name);
    // Editors and lock libraries make .name.a1b2c3.tmp beside the file.
    return masked === name ? name : '.*';
  }
  const extension = extensionOf(name);
  if (extension !== '') return `*.${extension}`;
  const stem = StringPrototypeIndexOf(name, '.');
  const word = StringPrototypeToLowerCase(stem === -1 ? name : StringPrototypeSlice(name, 0, stem));
  return NAMED_FILES.has(word) ? name : '*';
}

function foldersBelow(label: string, parts: readonly string[], count: number): string {
  let out = label;
  let kept = count > MAX_DIRECTORIES ? MAX_DIRECTORIES - 1 : count;
  for (let i = 0; i < kept; i++) {
    const part = parts[i] as string;
    out += `/${maskVolatile(part)}`;
    const inside = TOOL_TREES.get(StringPrototypeToLowerCase(part));
    if (inside !== undefined && i + 1 + inside < kept) kept = i + 1 + inside;
  }
  return kept < count ? `${out}/**` : out;
}

function inFolders(place: Place, parts: readonly string[]): string {
  const count = parts.length - 1;
  const folders = foldersBelow(place.label, parts, count);
  return `${folders}/${maskFileName(parts[count] as string)}`;
}

/* A system path by its own names: `/etc/hosts`, `/proc/*​/status`. */
function namedSystemPath(parts: readonly string[], depth: number): string {
  let out = '';
  const top = parts[0] as string;
  for (let i = 0; i < parts.length; i++) {
    if (i === depth) return `${out}/**`;
    const part = parts[i] as string;
    if (i > 0 && RegExpPrototypeExec(KERNEL_NUMBERED, part) !== null && top !== 'etc') {
      let end = 0;
      while (end < part.length && !isDigit(StringPrototypeCharCodeAt(part, end))) end++;
      out += `/${StringPrototypeSlice(part, 0, end)}*`;
    } else {
      out += `/${maskVolatile(part)}`;
    }
  }
  return out;
}

function systemPath(parts: readonly string[], list: boolean): string {
  const top = parts[0] as string;
  const named = NAMED_SYSTEM_DEPTH.get(top);
  if (named !== undefined) return namedSystemPath(parts, named);
  const depth = SYSTEM_DEPTH.get(top) ?? MAX_DIRECTORIES;
  const drive = isDrive(top);
  let out = '';
  const count = list ? parts.length : parts.length - 1;
  for (let i = 0; i < count; i++) {
    if (i === depth) return `${out}/*`;
    out += i === 0 && drive ? top : `/${maskVolatile(parts[i] as string)}`;
  }
  if (list) return out;
  return `${out}/${SYSTEM_DEPTH.has(top) ? '*' : maskFileName(parts[count] as string)}`;
}

function exactPath(place: Place, parts: readonly string[], sensitive: boolean): string {
  let out = place.label;
  const last = parts.length - 1;
  for (let i = 0; i <= last; i++) {
    const part = parts[i] as string;
    const lead = out === '' && isDrive(part) ? '' : '/';
    if (i < last || !sensitive) out += `${lead}${maskVolatile(part)}`;
    // id_ed25519, key4.db: the name of a secret is what the reviewer wants to see, unless it is itself a hash.
    else out += `${lead}${maskSensitiveName(part)}`;
  }
  return out;
}

function maskSensitiveName(raw: string): string {
  const name = printable(raw);
  const masked = maskVolatile(name);
  if (masked === name) return name;
  if (looksSecret(name)) return '*';
  const dot = StringPrototypeLastIndexOf(name, '.');
  const stem = dot > 0 ? StringPrototypeSlice(name, 0, dot) : name;
  return stem.length <= 12 && !isHash(stem)
    ? name.length === masked.length
      ? masked
      : keepShort(name, masked)
    : masked;
}

/* Short names with a few digits (id_ed25519_sk) stay; dates and pids inside longer ones do not. */
function keepShort(name: string, masked: string): string {
  let digits = 0;
  for (let i = 0; i < name.length; i++) if (isDigit(StringPrototypeCharCodeAt(name, i))) digits++;
  return digits <= 3 ? name : masked;
}

/** A file in a folder above the application, or such a folder, however far up: `<app>/../*.json`. */
export function renderAbove(path: string, operation: string): string {
  if (operation === 'list') return '<app>/..';
  return `<app>/../${maskFileName(StringPrototypeSlice(path, StringPrototypeLastIndexOf(path, '/') + 1))}`;
}

/** Cuts the middle out of an over-long target, at part borders where it can. */
export function bounded(target: string): string {
  if (target.length <= MAX_TRAIT_LENGTH) return target;
  const head = StringPrototypeSlice(target, 0, MAX_TRAIT_LENGTH - 80);
  const slash = StringPrototypeLastIndexOf(head, '/');
  const tail = StringPrototypeSlice(target, target.length - 72);
  const next = StringPrototypeIndexOf(tail, '/');
  return `${slash > 0 ? StringPrototypeSlice(head, 0, slash) : head}/**${next === -1 ? '' : StringPrototypeSlice(tail, next)}`;
}

/** Names a place's file the way every machine names it. `write` keeps the folders of another package, `read` does not. */
export function renderPath(place: Place, style: Style, operation: string, sensitive = false): string {
  const parts = splitOn(place.rest, '/');
  if (parts.length === 0) return place.label === '' ? '/' : place.label;
  if (style === 'exact') return bounded(exactPath(place, parts, sensitive));
  const list = operation === 'list' || operation === 'watch';
  switch (place.placeClass) {
    case 'tmp': {
      // Everything below is named by chance; only whether it can run matters.
      const extension = list ? '' : extensionOf(parts[parts.length - 1] as string);
      return RUNNABLE.has(extension) ? `${place.label}/*.${extension}` : `${place.label}/*`;
    }
    case 'package': {
      if (operation === 'read') return bounded(`${place.label}/${maskFileName(parts[parts.length - 1] as string)}`);
      if (list) return place.label;
      return bounded(inFolders(place, parts));
    }
    case 'system':
    case 'other':
      return bounded(systemPath(parts, list));
    default:
      return bounded(list ? foldersBelow(place.label, parts, parts.length) : inFolders(place, parts));
  }
}
