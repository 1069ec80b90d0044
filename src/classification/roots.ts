/**
 * Where the well-known folders of this process are, and which of them a path is in.
 */
import {
  ArrayPrototypePush,
  StringPrototypeCharCodeAt,
  StringPrototypeEndsWith,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  StringPrototypeToLowerCase,
} from '../primordials.ts';
import { MAX_TARGET_LENGTH } from './limits.ts';
import { isDigit, isLower, isUpper, printable, splitOn, words } from './text.ts';
import { looksSecret, maskPlatform } from './volatile-parts.ts';

/** The well-known folders of this process: absolute, `/`-separated, real paths. */
export interface Roots {
  readonly app: string;
  readonly home: string;
  readonly tmp: readonly string[];
  /** Login name; its home folder counts as `<home>` also when `HOME` says otherwise. */
  readonly user: string;
  readonly platform: NodeJS.Platform;
  /** Lock, configuration and findings files of the running app (or the folders they are in). */
  readonly self: readonly string[];
  /** Packages that `node_modules` links to; asked only for files outside the application. */
  readonly links?: () => readonly PackageLink[];
  /** Whether this process was told a port (`PORT=4000`) rather than choosing it; none when left out. */
  readonly isGivenPort?: (port: number) => boolean;
}

/** A package that lies elsewhere than in `node_modules`. */
export interface PackageLink {
  /** Real path of its folder, `/`-separated. */
  readonly root: string;
  readonly name: string;
}

/** Classes of places, as `Resource.resourceClass` names them. */
export type PlaceClass = 'app' | 'home' | 'other-home' | 'tmp' | 'package' | 'package-store' | 'system' | 'other';

/** A path, told apart into the place it is in and the rest. */
export interface Place {
  readonly placeClass: PlaceClass;
  /** `<app>`, `<home>`, `<node_modules>/NAME` …; empty for `system` and `other`, whose rest begins at the root. */
  readonly label: string;
  /** What follows the label, without leading `/`. */
  readonly rest: string;
  /** Package name when the class is `package`. */
  readonly packageName: string;
}

interface CompiledRoot {
  readonly prefix: string;
  readonly label: string;
  readonly placeClass: PlaceClass;
}

/** `Roots`, prepared once. */
export interface CompiledRoots {
  readonly platform: NodeJS.Platform;
  /** Windows and macOS file systems take `.SSH` for `.ssh`. */
  readonly caseless: boolean;
  readonly app: string;
  readonly entries: readonly CompiledRoot[];
  readonly self: readonly string[];
  readonly links: Roots['links'];
  readonly isGivenPort: (port: number) => boolean;
}

/** Temporary folders of every platform, whatever `TMPDIR` says: code dropped there is equally foreign. */
const TEMPORARY = ['/tmp', '/var/tmp', '/dev/shm', '/run/shm', '/usr/tmp', 'C:/Windows/Temp', 'C:/Temp'];

/** Folders that belong to the operating system and to installed software. */
const SYSTEM_TOPS = words(`
  /bin /boot /dev /etc /lib /lib32 /lib64 /nix /opt /proc /run /sbin /snap /sys /usr /var /System /Library
  /Applications /private /cores
`).concat(['C:/Windows', 'C:/Program Files', 'C:/Program Files (x86)', 'C:/ProgramData']);

function fold(path: string, caseless: boolean): string {
  return caseless ? StringPrototypeToLowerCase(path) : path;
}

/** Prepares roots for {@link locate}. Degenerate ones (`/`, a bare drive, empty) are ignored. */
export function compileRoots(roots: Roots): CompiledRoots {
  const { platform } = roots;
  const caseless = platform === 'win32' || platform === 'darwin';
  const entries: CompiledRoot[] = [];
  const add = (path: string, label: string, placeClass: PlaceClass) => {
    const prefix = fold(normalisePath(path, platform, ''), caseless);
    // A home of `/` (containers without a passwd entry) would swallow the whole disk.
    if (prefix.length > 3 || (prefix.length > 1 && prefix[1] !== ':')) {
      ArrayPrototypePush(entries, { prefix, label, placeClass });
    }
  };
  add(roots.app, '<app>', 'app');
  add(roots.home, '<home>', 'home');
  for (let i = 0; i < roots.tmp.length; i++) add(roots.tmp[i] as string, '<tmp>', 'tmp');
  if (roots.user !== '') {
    add(roots.user === 'root' ? '/root' : `/home/${roots.user}`, '<home>', 'home');
    add(`/Users/${roots.user}`, '<home>', 'home');
    add(`C:/Users/${roots.user}`, '<home>', 'home');
    add(`C:/Users/${roots.user}/AppData/Local/Temp`, '<tmp>', 'tmp');
  }
  for (let i = 0; i < TEMPORARY.length; i++) add(TEMPORARY[i] as string, '<tmp>', 'tmp');
  // Longest first: the most specific root wins. Insertion sort is stable, so `<app>` wins over an equal `<home>`.
  for (let i = 1; i < entries.length; i++) {
    const entry = entries[i] as CompiledRoot;
    let j = i - 1;
    while (j >= 0 && (entries[j] as CompiledRoot).prefix.length < entry.prefix.length) {
      entries[j + 1] = entries[j] as CompiledRoot;
      j--;
    }
    entries[j + 1] = entry;
  }
  const self: string[] = [];
  for (let i = 0; i < roots.self.length; i++) {
    const path = fold(normalisePath(roots.self[i] as string, platform, ''), caseless);
    if (path.length > 1) ArrayPrototypePush(self, path);
  }
  return {
    platform,
    caseless,
    app: normalisePath(roots.app, platform, ''),
    entries,
    self,
    links: roots.links,
    isGivenPort: roots.isGivenPort ?? (() => false),
  };
}

function needsWork(path: string): boolean {
  if (StringPrototypeIncludes(path, '//') || StringPrototypeIncludes(path, '/.')) return true;
  return path.length > 1 && StringPrototypeEndsWith(path, '/');
}

/**
 * The same file always under the same name: `/`-separated, without `.`, `..`, doubled separators, and without the
 * detours that systems offer (`/proc/self/root`, `/private/tmp`, `\\?\C:\`, NTFS streams and trailing dots).
 * Relative paths are taken from `base`.
 */
export function normalisePath(raw: string, platform: NodeJS.Platform, base: string): string {
  let path = raw.length > MAX_TARGET_LENGTH ? StringPrototypeSlice(raw, 0, MAX_TARGET_LENGTH) : raw;
  if (StringPrototypeStartsWith(path, 'file://')) {
    path = StringPrototypeSlice(path, 7);
    if (path[0] === '/' && path[2] === ':') path = StringPrototypeSlice(path, 1);
  }
  const windows = platform === 'win32';
  if (windows) path = fromWindows(path);
  const absolute = path[0] === '/' || (path[1] === ':' && path[2] === '/');
  if (!absolute) path = base === '' ? `/${path}` : `${base}/${path}`;
  if (needsWork(path) || windows) path = resolveDots(path, windows);
  if (platform === 'darwin') path = fromDarwin(path);
  if (StringPrototypeStartsWith(path, '/proc/')) path = fromProc(path, base);
  return path;
}

function fromWindows(path: string): string {
  let out = path;
  if (StringPrototypeIncludes(out, '\\')) {
    const parts = splitOnBackslash(out);
    out = parts;
  }
  if (StringPrototypeStartsWith(out, '//?/') || StringPrototypeStartsWith(out, '//./')) {
    out = StringPrototypeSlice(out, 4);
    if (StringPrototypeStartsWith(StringPrototypeToLowerCase(out), 'unc/')) out = `//${StringPrototypeSlice(out, 4)}`;
  }
  if (out[1] === ':') {
    const drive = StringPrototypeCharCodeAt(out, 0);
    if (isLower(drive)) out = `${'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[drive - 97]}${StringPrototypeSlice(out, 1)}`;
    if (out.length === 2) out += '/';
  }
  return out;
}

function splitOnBackslash(path: string): string {
  let out = '';
  let start = 0;
  for (;;) {
    const at = StringPrototypeIndexOf(path, '\\', start);
    if (at === -1) return out + StringPrototypeSlice(path, start);
    out += `${StringPrototypeSlice(path, start, at)}/`;
    start = at + 1;
  }
}

function resolveDots(path: string, windows: boolean): string {
  const parts = splitOn(path, '/');
  const kept: string[] = [];
  let n = 0;
  for (let i = 0; i < parts.length; i++) {
    let part = parts[i] as string;
    if (part === '.') continue;
    if (part === '..') {
      // The drive itself has no parent.
      if (n > 1 || (n === 1 && (kept[0] as string)[1] !== ':')) n--;
      continue;
    }
    if (windows && i > 0) part = trimWindowsName(part);
    if (part === '') continue;
    kept[n++] = part;
  }
  let out = '';
  for (let i = 0; i < n; i++) out += i === 0 && (kept[0] as string)[1] === ':' ? kept[0] : `/${kept[i]}`;
  if (out === '') return '/';
  return out.length === 2 && out[1] === ':' ? `${out}/` : out;
}

/* Windows opens `.npmrc`, `.npmrc.`, `.npmrc ` and `.npmrc::$DATA` alike. */
function trimWindowsName(part: string): string {
  const stream = StringPrototypeIndexOf(part, ':');
  let end = stream > 0 ? stream : part.length;
  while (end > 0 && (part[end - 1] === '.' || part[end - 1] === ' ')) end--;
  return end === part.length ? part : StringPrototypeSlice(part, 0, end);
}

function fromDarwin(path: string): string {
  if (StringPrototypeStartsWith(path, '/System/Volumes/Data/')) return StringPrototypeSlice(path, 20);
  if (
    StringPrototypeStartsWith(path, '/private/tmp') ||
    StringPrototypeStartsWith(path, '/private/var/') ||
    StringPrototypeStartsWith(path, '/private/etc/')
  ) {
    return StringPrototypeSlice(path, 8);
  }
  return path;
}

/* /proc/PID/root/x is /x, /proc/PID/cwd/x is x: both are used to walk around path rules. */
function fromProc(path: string, base: string): string {
  const slash = StringPrototypeIndexOf(path, '/', 6);
  if (slash === -1) return path;
  const owner = StringPrototypeSlice(path, 6, slash);
  if (owner !== 'self' && owner !== 'thread-self' && !isDigit(StringPrototypeCharCodeAt(owner, 0))) return path;
  const rest = StringPrototypeSlice(path, slash);
  if (StringPrototypeStartsWith(rest, '/root/')) {
    const inner = StringPrototypeSlice(rest, 5);
    return StringPrototypeStartsWith(inner, '/proc/') ? fromProc(inner, base) : inner;
  }
  if (base !== '' && StringPrototypeStartsWith(rest, '/cwd/')) return base + StringPrototypeSlice(rest, 4);
  return path;
}

/** True when `path` is `folder` or lies beneath it. Both normalised; `folder` without trailing `/`. */
export function isWithin(path: string, folder: string): boolean {
  return StringPrototypeStartsWith(path, folder) && (path.length === folder.length || path[folder.length] === '/');
}

/**
 * The most specific well-known place of a normalised path. Of nested roots the innermost wins, and a package's folder
 * wins over the root that it is in.
 */
export function locate(path: string, roots: CompiledRoots): Place {
  const probe = fold(path, roots.caseless);
  // A few letters change length when lowered; positions would be wrong then.
  const comparable = probe.length === path.length ? probe : path;
  let root: CompiledRoot | undefined;
  for (let i = 0; i < roots.entries.length; i++) {
    const entry = roots.entries[i] as CompiledRoot;
    if (isWithin(comparable, entry.prefix)) {
      root = entry;
      break;
    }
  }
  const marker = StringPrototypeLastIndexOf(comparable, '/node_modules/');
  if (marker !== -1 && (root === undefined || root.prefix.length < marker + 14)) {
    return locatePackage(StringPrototypeSlice(path, marker + 14));
  }
  // Where a linked package lies is the machine's affair. What lies in a temporary folder stays that, link or no link.
  if (root === undefined || root.placeClass === 'home') {
    const linked = roots.links === undefined ? undefined : locateLinked(path, roots.links());
    if (linked !== undefined) return linked;
  }
  if (root !== undefined) {
    return {
      placeClass: root.placeClass,
      label: root.label,
      rest: StringPrototypeSlice(path, root.prefix.length + 1),
      packageName: '',
    };
  }
  return locateElsewhere(path);
}

function locateLinked(path: string, links: readonly PackageLink[]): Place | undefined {
  for (let i = 0; i < links.length; i++) {
    const { root, name } = links[i] as PackageLink;
    if (isWithin(path, root)) return locatePackage(`${name}${StringPrototypeSlice(path, root.length)}`);
  }
  return undefined;
}

/* Begins behind `node_modules/`. pnpm's and yarn's stores end in one more `node_modules/NAME`, so need nothing. */
function locatePackage(inside: string): Place {
  let end = StringPrototypeIndexOf(inside, '/');
  if (inside[0] === '@' && end !== -1) end = StringPrototypeIndexOf(inside, '/', end + 1);
  const name = end === -1 ? inside : StringPrototypeSlice(inside, 0, end);
  const rest = end === -1 ? '' : StringPrototypeSlice(inside, end + 1);
  // .bin, .cache, .pnpm, .vite, .package-lock.json: the package manager's and the tools' own.
  if (name[0] === '.') {
    return { placeClass: 'package-store', label: '<node_modules>', rest: inside, packageName: '' };
  }
  // What is built for a platform (`@esbuild/linux-x64`) has another name on the next machine.
  const shown = looksSecret(name) ? '*' : maskPlatform(printable(name));
  return { placeClass: 'package', label: `<node_modules>/${shown}`, rest, packageName: name };
}

function locateElsewhere(path: string): Place {
  const parent = StringPrototypeStartsWith(path, '/home/')
    ? 6
    : StringPrototypeStartsWith(path, '/Users/')
      ? 7
      : path[1] === ':' && StringPrototypeStartsWith(StringPrototypeToLowerCase(path), 'c:/users/')
        ? 9
        : path === '/root' || StringPrototypeStartsWith(path, '/root/')
          ? 1
          : 0;
  if (parent > 0 && path.length > parent) {
    let end = StringPrototypeIndexOf(path, '/', parent);
    if (end === -1) end = path.length;
    const label = parent === 1 ? '/root' : `${StringPrototypeSlice(path, 0, parent)}*`;
    const rest = StringPrototypeSlice(path, end + 1);
    if (parent === 9 && StringPrototypeStartsWith(StringPrototypeToLowerCase(rest), 'appdata/local/temp/')) {
      return { placeClass: 'tmp', label: '<tmp>', rest: StringPrototypeSlice(rest, 19), packageName: '' };
    }
    return { placeClass: 'other-home', label, rest, packageName: '' };
  }
  // macOS: /var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T is the temporary folder of one user.
  if (StringPrototypeStartsWith(path, '/var/folders/')) {
    return { placeClass: 'tmp', label: '<tmp>', rest: StringPrototypeSlice(path, 13), packageName: '' };
  }
  for (let i = 0; i < SYSTEM_TOPS.length; i++) {
    const top = SYSTEM_TOPS[i] as string;
    if (isWithin(path, top) || (top[1] === ':' && isWithin(lower(path), lower(top)))) {
      return {
        placeClass: 'system',
        label: '',
        rest: path[0] === '/' ? StringPrototypeSlice(path, 1) : path,
        packageName: '',
      };
    }
  }
  return {
    placeClass: 'other',
    label: '',
    rest: path[0] === '/' ? StringPrototypeSlice(path, 1) : path,
    packageName: '',
  };
}

const lower = StringPrototypeToLowerCase;

/** Drive letters and other capitals at the start of a path part. */
export function isDrive(part: string): boolean {
  return part.length === 2 && part[1] === ':' && isUpper(StringPrototypeCharCodeAt(part, 0));
}
