import {
  RegExpPrototypeExec,
  SafeSet,
  StringPrototypeEndsWith,
  StringPrototypeIncludes,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  StringPrototypeToLowerCase,
} from '../../src/primordials.ts';

const setOf = (names: string): SafeSet<string> => new SafeSet(names.split(' '));

/** Programs that interpret a command line. */
const SHELLS = setOf(
  'sh bash zsh dash ash ksh mksh fish csh tcsh rbash busybox cmd powershell pwsh nu elvish xonsh osascript',
);
/** Programs that run the program named in their arguments. */
const RUNNERS = setOf(
  'env sudo doas nohup nice ionice timeout setsid stdbuf xargs time chroot unshare nsenter su script',
);
/** Words behind which another command follows, or which change what the following words mean. */
const COMPOUND_WORDS = setOf(
  'if then else for while until case select function do time exec eval source command builtin trap coproc { [[ ! .',
);
/** Programs that are Node, or start it. */
const NODE_PROGRAMS = setOf('node nodejs npm npx yarn yarnpkg pnpm pnpx corepack tsx ts-node');

/** The last part of a program's path, lower-cased on Windows, without `.exe`. */
export function programName(program: string): string {
  let name = StringPrototypeSlice(program, StringPrototypeLastIndexOf(program, '/') + 1);
  name = StringPrototypeSlice(name, StringPrototypeLastIndexOf(name, '\\') + 1);
  const lower = StringPrototypeToLowerCase(name);
  for (const suffix of ['.exe', '.cmd', '.bat', '.com']) {
    if (StringPrototypeEndsWith(lower, suffix)) return StringPrototypeSlice(lower, 0, -suffix.length);
  }
  return name;
}

/** Whether the program is a shell, or runs one for its caller (`sudo bash`, `env -i sh`). */
export function isShell(program: string, argv: readonly string[]): boolean {
  return namesOneOf(SHELLS, program, argv);
}

/** Whether the program is Node, or one of the tools that start it. */
export function startsNode(program: string, argv: readonly string[]): boolean {
  return program === process.execPath || namesOneOf(NODE_PROGRAMS, program, argv);
}

function namesOneOf(names: SafeSet<string>, program: string, argv: readonly string[]): boolean {
  if (typeof program !== 'string') return false;
  const name = programName(program);
  if (names.has(name)) return true;
  if (!RUNNERS.has(name)) return false;
  for (let i = 0; i < argv.length && i < 16; i++) {
    const word = argv[i];
    if (typeof word !== 'string') continue;
    if (names.has(programName(word))) return true;
  }
  return false;
}

/**
 * The program that a command line runs, when it runs exactly one and nothing but the shell's quoting stands between
 * the text and its name. `undefined` for anything else (`a; b`, `a | b`, `$(a)`, `if …`): then the shell is the program.
 */
export function programOfCommand(command: string, windows: boolean): string | undefined {
  return windows ? programOfCmd(command) : programOfSh(command);
}

function programOfCmd(command: string): string | undefined {
  if (RegExpPrototypeExec(/[&|<>^%()!\r\n]/, command) !== null) return undefined;
  const match = RegExpPrototypeExec(/^\s*(?:"([^"]+)"|([^\s"]+))(?:\s|$)/, command);
  return match?.[1] ?? match?.[2];
}

function programOfSh(command: string): string | undefined {
  let program: string | undefined;
  let word = '';
  let started = false;
  /** The word holds something the shell would replace. */
  let expands = false;
  let quoted = false;
  /** `NAME=` with nothing quoted in the name. */
  let assigns = false;

  const endWord = (): boolean => {
    if (!started) return true;
    if (program === undefined) {
      if (assigns) {
        // An assignment in front of the command: the next word is the command.
      } else {
        if (expands || word === '' || COMPOUND_WORDS.has(word)) return false;
        program = word;
      }
    }
    word = '';
    started = false;
    expands = false;
    quoted = false;
    assigns = false;
    return true;
  };

  for (let i = 0; i < command.length; i++) {
    const c = command[i] as string;
    if (c === ' ' || c === '\t') {
      if (!endWord()) return undefined;
    } else if (c === "'") {
      const end = command.indexOf("'", i + 1);
      if (end < 0) return undefined;
      word += StringPrototypeSlice(command, i + 1, end);
      started = quoted = true;
      i = end;
    } else if (c === '"') {
      started = quoted = true;
      for (i++; i < command.length && command[i] !== '"'; i++) {
        if (command[i] === '`' || (command[i] === '$' && command[i + 1] === '(')) return undefined;
        if (command[i] === '$') expands = true;
        if (command[i] === '\\') i++;
        word += command[i] ?? '';
      }
      if (i >= command.length) return undefined;
    } else if (c === '\\') {
      if (i + 1 >= command.length || command[i + 1] === '\n') return undefined;
      word += command[++i];
      started = true;
    } else if (c === '>' || c === '<') {
      // Into nothing, or from one descriptor to another: harmless. Anything else touches a file.
      const rest = StringPrototypeSlice(command, i, i + 24);
      const harmless = RegExpPrototypeExec(/^(?:>>?|<)(?:&[0-9-]|\s*\/dev\/null)(?=\s|$)/, rest);
      if (harmless === null) return undefined;
      if (RegExpPrototypeExec(/^\d*$/, word) !== null) {
        word = '';
        started = false;
      } else if (!endWord()) return undefined;
      i += harmless[0].length - 1;
    } else if (c === '#' && !started) {
      break;
    } else if (StringPrototypeIncludes(';&|()`\n\r', c)) {
      return undefined;
    } else {
      if (c === '$') {
        if (command[i + 1] === '(') return undefined;
        expands = true;
      } else if (StringPrototypeIncludes('*?[]{}~', c)) expands = true;
      if (c === '=' && !quoted && RegExpPrototypeExec(/^[A-Za-z_][A-Za-z0-9_]*$/, word) !== null) assigns = true;
      word += c;
      started = true;
    }
  }
  if (!endWord()) return undefined;
  return program;
}

/** What is started, as far as its caller said. */
export interface Run {
  /** The program as the caller named it; the shell's name when a shell interprets something that is not one command. */
  readonly program: string;
  /** What is really started: the shell, for a command line. */
  readonly executable: string;
  /** What follows the program's name; for a command line, what follows the shell's: `-c`, the line. */
  readonly argv: readonly string[];
  readonly shell: boolean;
}

/** A program with its arguments. */
export function describeProgram(program: string, argv: readonly string[]): Run {
  return { program, executable: program, argv, shell: isShell(program, argv) };
}

/** A command line given to a shell: `exec`, or `shell: true`. */
export function describeCommand(command: string, shell: unknown, windows = process.platform === 'win32'): Run {
  const implied = windows ? 'cmd.exe' : 'sh';
  const named = typeof shell === 'string' && shell !== '' ? shell : implied;
  const usesCmd = windows && programName(named) === 'cmd';
  const program = programOfCommand(command, usesCmd) ?? named;
  const argv = usesCmd ? ['/d', '/s', '/c', command] : ['-c', command];
  return { program, executable: named, argv, shell: true };
}

/** Whether a flag stands for a program of its own: absolute, or relative to the working directory. */
export function isPath(program: string): boolean {
  return StringPrototypeStartsWith(program, '/') || RegExpPrototypeExec(/^[A-Za-z]:[\\/]/, program) !== null;
}
