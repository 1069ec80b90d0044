import os from 'node:os';
import { packageByFolder, toSlashes } from '../attribution/packages.ts';
import {
  ArrayIsArray,
  decodeURIComponentOf,
  dirname,
  encodeURIComponentOf,
  existsSync,
  isAbsolute,
  realpathNative,
  resolvePath,
  SafeSet,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeSplit,
  StringPrototypeStartsWith,
} from '../primordials.ts';
import { nameOf } from './fetched-programs.ts';

/*
 * Which files belong to which MCP server, as far as the parameters by which a client starts it say: its program, the
 * folders and files that it is given, its configuration. A server's process is told what belongs to the other ones, so
 * that there it can be said that a tool of one acts on the files of another. What both were given is nobody's.
 */

/** What a stdio transport of the MCP SDK starts a server by. */
export interface ServerParameters {
  readonly command: string;
  readonly args?: unknown;
  readonly cwd?: unknown;
  readonly env?: unknown;
}

interface Folder {
  /** Absolute, `/`-separated, without a slash at the end; or `node_modules/NAME`, wherever that is installed. */
  readonly path: string;
  /** The server's program rather than its data: others may read it, as they may any package. */
  readonly isCode: boolean;
}

const MAX_SERVERS = 32;
const MAX_FOLDERS = 12;
const MAX_WORDS = 64;
/** Characters of what a server is told; the environment has its bounds too. */
const MAX_TEXT = 8_192;

/** One that a client of this process has started. */
export interface Server {
  readonly name: string;
  readonly folders: Folder[];
}

const servers: Server[] = [];

/**
 * A client is about to start a server. `name` is what it is called before it has said its name; the same program under
 * the same name is the same server, whatever else it is given this time.
 */
export function noteServer(name: string, parameters: ServerParameters): Server {
  const folders = foldersOf(name, parameters);
  for (let i = 0; i < servers.length; i++) {
    const server = servers[i] as Server;
    if (server.name !== name || codeOf(server.folders) !== codeOf(folders)) continue;
    for (let j = 0; j < folders.length && server.folders.length < MAX_FOLDERS; j++) {
      const folder = folders[j] as Folder;
      if (!isGiven(server.folders, folder.path)) server.folders[server.folders.length] = folder;
    }
    return server;
  }
  const server = { name, folders };
  if (servers.length < MAX_SERVERS) servers[servers.length] = server;
  return server;
}

function codeOf(folders: readonly Folder[]): string {
  for (let i = 0; i < folders.length; i++) if (folders[i]?.isCode === true) return (folders[i] as Folder).path;
  return '';
}

function foldersOf(name: string, { command, args, cwd, env }: ServerParameters): Folder[] {
  const folders: Folder[] = [];
  const base = typeof cwd === 'string' ? resolvePath(cwd) : process.cwd();
  const add = (path: string, isCode: boolean) => {
    if (folders.length < MAX_FOLDERS && !isShared(path)) folders[folders.length] = { path, isCode };
  };
  const addFile = (given: string, isCode: boolean) => {
    const path = given.length > 1_024 ? undefined : realOf(resolvePath(base, given));
    if (path !== undefined) add(isCode ? (packageByFolder(path)?.root ?? path) : path, isCode);
  };
  if (isAbsolute(command)) addFile(command, true);
  const words = ArrayIsArray(args) ? (args as readonly unknown[]) : [];
  // The first thing that is no option is the program: a file, or a package by its name.
  let isProgram = true;
  for (let i = 0; i < words.length && i < MAX_WORDS; i++) {
    const word = wordOf(words[i]);
    if (word === undefined) continue;
    if (isProgram && nameOf(word) === name && !existsSync(resolvePath(base, word))) {
      addPackage(name, add);
      isProgram = false;
    } else if (isAbsolute(word) || (existsSync(resolvePath(base, word)) && (isProgram || word !== lastPart(word)))) {
      addFile(word, isProgram && word === words[i]);
      isProgram = false;
    }
  }
  if (typeof cwd === 'string') addFile(base, false);
  if (typeof env === 'object' && env !== null) {
    for (const key in env) {
      const value = (env as Record<string, unknown>)[key];
      if (typeof value === 'string' && isAbsolute(value) && !NOT_ITS_OWN.has(key)) addFile(value, false);
    }
  }
  return folders;
}

/* `/data`, `--db=/data/x.sqlite`; of an option alone there is nothing to know. */
function wordOf(word: unknown): string | undefined {
  if (typeof word !== 'string' || word === '') return undefined;
  if (word[0] !== '-') return word;
  const equals = StringPrototypeIndexOf(word, '=');
  return equals < 0 ? undefined : StringPrototypeSlice(word, equals + 1);
}

/* Wherever it is installed, and where programs of this name keep their settings and data. */
function addPackage(name: string, add: (path: string, isCode: boolean) => void): void {
  add(`node_modules/${name}`, true);
  const home = toSlashes(os.homedir());
  const own = lastPart(name);
  add(`${home}/.config/${own}`, false);
  add(`${home}/.local/share/${own}`, false);
  add(`${home}/.${own}`, false);
}

/* Variables that name folders which everybody has. */
const NOT_ITS_OWN = new SafeSet([
  'HOME',
  'PATH',
  'PWD',
  'OLDPWD',
  'SHELL',
  'TMPDIR',
  'NODE_PATH',
  'USERPROFILE',
  'APPDATA',
]);

/* A folder in which everybody works is nobody's: the application's, the home, the root, what is above them. */
function isShared(path: string): boolean {
  const everybodys = [process.cwd(), os.homedir(), os.tmpdir()];
  for (let i = 0; i < everybodys.length; i++) {
    const place = toSlashes(everybodys[i] as string);
    if (isWithin(place, path) || isWithin(realOf(place) ?? place, path)) return true;
  }
  return path === '' || path === '/';
}

function realOf(path: string): string | undefined {
  try {
    return toSlashes(realpathNative(path));
  } catch {
    // What is not there yet (a database to be made) is where it is named.
    return existsSync(dirname(path)) ? toSlashes(path) : undefined;
  }
}

function lastPart(name: string): string {
  let last = name;
  for (let at = StringPrototypeIndexOf(last, '/'); at >= 0; at = StringPrototypeIndexOf(last, '/')) {
    last = StringPrototypeSlice(last, at + 1);
  }
  return last;
}

function isWithin(path: string, folder: string): boolean {
  if (isAbsolute(folder)) return path === folder || StringPrototypeStartsWith(path, `${folder}/`);
  return StringPrototypeIncludes(path, `/${folder}/`);
}

/** What the process of a server is told: its own folders, and those of the others that it was not given as well. */
export function foldersFor(server: Server): string {
  let text = wordsOf('', server.folders, []);
  for (let i = 0; i < servers.length; i++) {
    const other = servers[i] as Server;
    const words = other === server ? '' : wordsOf(other.name, other.folders, server.folders);
    if (words !== '' && text.length + words.length < MAX_TEXT) text += text === '' ? words : `,${words}`;
  }
  return text;
}

function wordsOf(name: string, folders: readonly Folder[], except: readonly Folder[]): string {
  let text = '';
  for (let i = 0; i < folders.length; i++) {
    const { path, isCode } = folders[i] as Folder;
    if (isGiven(except, path)) continue;
    const word = `${encodeURIComponentOf(name)}${isCode ? ':' : '='}${encodeURIComponentOf(path)}`;
    text += text === '' ? word : `,${word}`;
  }
  return text;
}

function isGiven(folders: readonly Folder[], path: string): boolean {
  for (let i = 0; i < folders.length; i++) if (isWithin(path, (folders[i] as Folder).path)) return true;
  return false;
}

interface Claim extends Folder {
  /** Empty for the server that this process is. */
  readonly server: string;
}

let told = '';
let claims: readonly Claim[] = [];

/** This process is a server, or was started by one, and is told what belongs to whom. */
export function takeFolders(text: string | undefined): void {
  if (text === undefined || text === told) return;
  told = text;
  const words = text === '' ? [] : StringPrototypeSplit(text, ',');
  const all: Claim[] = [];
  for (let i = 0; i < words.length && i < MAX_SERVERS * MAX_FOLDERS; i++) {
    const word = words[i] as string;
    const data = StringPrototypeIndexOf(word, '=');
    const at = data < 0 ? StringPrototypeIndexOf(word, ':') : data;
    const server = decodeURIComponentOf(StringPrototypeSlice(word, 0, at));
    const path = decodeURIComponentOf(StringPrototypeSlice(word, at + 1));
    if (at >= 0 && server !== undefined && path !== undefined && path !== '')
      all[all.length] = { server, path, isCode: data < 0 };
  }
  claims = all;
}

/** What this process was told, for those that it starts. */
export function foldersTold(): string {
  return told;
}

/** The server, another one than this process works for, to which a file belongs. Code may be read by everybody. */
export function otherServerOf(path: string, isChanged: boolean): string | undefined {
  if (claims.length === 0 || path === '') return undefined;
  let found: Claim | undefined;
  for (let i = 0; i < claims.length; i++) {
    const claim = claims[i] as Claim;
    if (!isWithin(path, claim.path)) continue;
    if (found === undefined || claim.path.length > found.path.length || claim.server === '') found = claim;
    if (claim.server === '') return undefined;
  }
  return found === undefined || (found.isCode && !isChanged) ? undefined : found.server;
}
