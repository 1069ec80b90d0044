import {
  RegExpPrototypeExec,
  readFileSync,
  resolvePath,
  StringPrototypeIncludes,
  StringPrototypeSlice,
  StringPrototypeSplit,
  StringPrototypeStartsWith,
  statSync,
} from '../../src/primordials.ts';
import { isShell, type Run } from './command-line.ts';

/** Scripts longer than this are programs; what they begin with says enough. */
const MAX_SCRIPT = 16_384;
const MAX_FILE = 1_048_576;
/** What may stand in front of a command. */
const BEFORE = /^(?:exec|nohup|setsid|env|command|time|sudo|\.|source|[A-Za-z_]\w*=\S*)$/;

/**
 * The beginning of the script that a shell is about to run: `sh install.sh` does what the file says, as `sh -c` does what
 * the line says. `undefined` when no such file can be told.
 */
export function scriptOf(run: Run, cwd: unknown): string | undefined {
  const file = scriptFile(run);
  if (file === undefined) return undefined;
  try {
    const path = typeof cwd === 'string' ? resolvePath(cwd, file) : resolvePath(file);
    const stat = statSync(path);
    // A pipe would block, and nobody's script is a megabyte.
    if (!stat.isFile() || stat.size > MAX_FILE) return undefined;
    const text = StringPrototypeSlice(readFileSync(path, 'utf8'), 0, MAX_SCRIPT);
    // A program named by its path is a shell's only when it says so.
    const isShellText = RegExpPrototypeExec(/^#![^\n]{0,80}\b(?:ba|da|z|k|a)?sh\b/, text) !== null;
    return isShellText || isShell(run.program, []) || run.argv[0] === '-c' ? text : undefined;
  } catch {
    // Not there (the run will fail), or not ours to read.
    return undefined;
  }
}

function scriptFile({ program, argv, shell }: Run): string | undefined {
  if (!shell) return StringPrototypeIncludes(program, '/') ? program : undefined;
  if (argv[0] !== '-c') return fileIn([program, ...argv.slice(0, 8)]);
  const line = argv[1];
  return typeof line === 'string' ? fileIn(StringPrototypeSplit(StringPrototypeSlice(line, 0, 1024), ' ')) : undefined;
}

/* `sh -e ./install.sh`, `./install.sh`: the first command only. */
function fileIn(words: readonly string[]): string | undefined {
  let afterShell = false;
  for (let i = 0; i < words.length && i < 10; i++) {
    const word = unquoted(`${words[i]}`);
    if (word === '' || RegExpPrototypeExec(BEFORE, word) !== null) continue;
    if (afterShell) {
      if (word === '-c') return undefined;
      if (!StringPrototypeStartsWith(word, '-')) return word;
    } else if (isShell(word, [])) afterShell = true;
    else return StringPrototypeIncludes(word, '/') ? word : undefined;
  }
  return undefined;
}

/* `"./a b.sh";` loses its quotes and what ends the command. A name with spaces stays unread. */
function unquoted(word: string): string {
  return RegExpPrototypeExec(/^["']?([^"';&|<>]*)/, word)?.[1] ?? '';
}
