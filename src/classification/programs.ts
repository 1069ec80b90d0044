/**
 * What a program is, by its name, and how a trait names it: the base name for what the system installed, a templated
 * path for anything else, because `git` from `/usr/bin` and `git` from a temporary folder are not the same program.
 */
import type { Sensitivity } from '../behavior.ts';
import {
  RegExpPrototypeExec,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  StringPrototypeToLowerCase,
  StringPrototypeTrim,
} from '../primordials.ts';
import { renderPath } from './path-template.ts';
import { isShell, type ProgramClass, programClassOf, programName } from './program-table.ts';
import { type CompiledRoots, isWithin, locate, normalisePath } from './roots.ts';
import { lastPart, printable, words } from './text.ts';
import { looksSecret } from './volatile-parts.ts';

export { type CommandContents, inspectCommand } from './command-line.ts';
export { isShell, type ProgramClass, programClassOf, programName } from './program-table.ts';

/** Folders whose programs were installed for everybody (or for this user by a version manager). */
const PROGRAM_FOLDERS = words(`
  /bin /sbin /usr/bin /usr/sbin /usr/local/bin /usr/local/sbin /opt/homebrew /opt/local /home/linuxbrew /snap
  /nix /usr/lib /usr/libexec /usr/local/lib /usr/local/Cellar /usr/share /opt /lib /run/current-system /System
  /Library /Applications /usr/games /usr/local/go /etc/alternatives /usr/local/share
`).concat(['c:/windows', 'c:/program files', 'c:/program files (x86)', 'c:/programdata']);
/* Version managers below the home folder. `~/.local/bin` is not among them: anybody can drop a program there. */
const HOME_PROGRAM_FOLDERS = words(`
  .nvm/ .volta/ .asdf/ .fnm/ .n/ .nodenv/ .pyenv/ .rbenv/ .cargo/bin/ .rustup/ .deno/bin/ .bun/bin/
  .local/share/fnm/ .local/share/mise/ .local/share/pnpm/ .local/share/nvm/ library/pnpm/ appdata/roaming/nvm/
  appdata/roaming/npm/ appdata/local/volta/ n/bin/
`);

export interface ProgramMeaning {
  /** As a trait names it. */
  readonly name: string;
  readonly programClass: ProgramClass;
  readonly sensitivity: Sensitivity | undefined;
  /** Normalised absolute path, when the caller named one. */
  readonly path: string;
}

function isInstalled(path: string, home: string): boolean {
  const probe = StringPrototypeToLowerCase(path);
  for (let i = 0; i < PROGRAM_FOLDERS.length; i++) {
    const folder = PROGRAM_FOLDERS[i] as string;
    if (isWithin(path, folder) || (folder[1] === ':' && isWithin(probe, folder))) return true;
  }
  const rest = StringPrototypeToLowerCase(home);
  for (let i = 0; i < HOME_PROGRAM_FOLDERS.length; i++) {
    if (StringPrototypeStartsWith(rest, HOME_PROGRAM_FOLDERS[i] as string)) return true;
  }
  return false;
}

/* What is more than the name of one program is for the shell to make sense of. */
const SHELL_TEXT = /[\s;&|<>$`(){}*?'"]/;

/**
 * What a program is. `shell`: a shell runs it. When the shell runs one plain program the trait names that one
 * (`git [shell]`), otherwise the shell; what else a command line does is told by `inspectCommand`.
 */
export function programMeaning(target: string, shell: boolean, roots: CompiledRoots, execPath: string): ProgramMeaning {
  const meaning = plainMeaning(target, shell, roots, execPath);
  return shell && meaning.sensitivity === undefined ? { ...meaning, sensitivity: 'shell' } : meaning;
}

function plainMeaning(target: string, shell: boolean, roots: CompiledRoots, execPath: string): ProgramMeaning {
  const text = StringPrototypeTrim(target);
  const name = programName(text);
  if (isShell(name)) return { name: printableName(name), programClass: 'shell', sensitivity: 'shell', path: '' };
  if (shell && RegExpPrototypeExec(SHELL_TEXT, text) !== null && text[1] !== ':') {
    return { name: roots.platform === 'win32' ? 'cmd' : 'sh', programClass: 'shell', sensitivity: 'shell', path: '' };
  }
  if (!StringPrototypeIncludes(text, '/') && !StringPrototypeIncludes(text, '\\')) {
    return { name: printableName(name), programClass: programClassOf(name), sensitivity: undefined, path: '' };
  }
  const path = normalisePath(text, roots.platform, roots.app);
  const place = locate(path, roots);
  if (path === execPath) return { name: 'node', programClass: 'node', sensitivity: undefined, path };
  const { placeClass } = place;
  const known = programClassOf(name);
  if (placeClass !== 'tmp' && placeClass !== 'package' && placeClass !== 'app') {
    const inHome = placeClass === 'home' || placeClass === 'other-home' ? place.rest : '';
    if (isInstalled(path, inHome) && placeClass !== 'package-store') {
      return { name: printableName(name), programClass: known, sensitivity: undefined, path };
    }
  }
  // A toolchain's own Node (nvm, volta, node_modules/node) is Node; one in a temporary folder is whatever it is.
  if (known === 'node' && placeClass !== 'tmp')
    return { name: 'node', programClass: 'node', sensitivity: undefined, path };
  if (placeClass === 'tmp') {
    return { name: '<tmp>/*', programClass: 'temp-executable', sensitivity: undefined, path };
  }
  const rendered = renderPath(place, 'exact', 'spawn');
  const programClass: ProgramClass =
    known !== 'program'
      ? known
      : placeClass === 'package' || placeClass === 'package-store'
        ? 'package-executable'
        : placeClass === 'app'
          ? 'app-executable'
          : placeClass === 'home' || placeClass === 'other-home'
            ? 'home-executable'
            : 'program';
  return { name: rendered, programClass, sensitivity: undefined, path };
}

/* A program name is one short word; anything else is data that somebody passed as one. */
function printableName(name: string): string {
  const space = StringPrototypeIndexOf(name, ' ');
  const word = printable(space === -1 ? name : StringPrototypeSlice(name, 0, space));
  if (word === '' || word.length > 64 || looksSecret(word)) return '*';
  return lastPart(word);
}
