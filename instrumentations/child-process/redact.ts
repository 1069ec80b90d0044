import {
  MathLog,
  MathMin,
  RegExpPrototypeExec,
  SafeMap,
  SafeSet,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  StringPrototypeToLowerCase,
} from '../../src/primordials.ts';
import { programName } from './command-line.ts';

/** Stands for what was taken out. */
export const REDACTED = '[REDACTED]';
/** An argument is cut behind this many characters. */
export const MAX_ARGUMENT = 256;
/** Arguments behind this many are only counted. */
export const MAX_ARGUMENTS = 64;
/** What is read of an argument: more than is shown, so that a secret is not cut in half and missed. */
const MAX_READ = 2048;

/** Names of options, headers and variables whose value is a secret; compared in lower case without `-`, `_` and `.`. */
const SECRET_NAMES = new SafeSet<string>(
  (
    'password passwd passwort pass pwd passphrase passcode pin otp totp token secret secrets apikey apitoken appkey ' +
    'accesskey accesskeyid secretkey secretaccesskey privatekey signingkey encryptionkey masterkey sharedkey authkey ' +
    'auth authorization proxyauthorization authtoken accesstoken refreshtoken idtoken sessiontoken bearer oauth ' +
    'credential credentials cookie setcookie jwt sas sastoken connectionstring dsn clientsecret xapikey xauthtoken ' +
    'privatetoken jobtoken deploytoken webhook webhookurl proxyuser proxypassword sessionid signature sig'
  ).split(' '),
);
/** The same for names that only end so: `--db-password`, `NPM_TOKEN`, `--registry-auth-token`. */
const SECRET_ENDINGS =
  /(?:password|passwd|passphrase|token|secret|apikey|accesskey|secretkey|privatekey|credentials?)$/;
/** Names that end like a secret and are none. */
const HARMLESS_NAMES = new SafeSet<string>([
  'maxtokens',
  'maxtoken',
  'numtokens',
  'passwordfile',
  'tokenfile',
  'nopassword',
]);

/** Short options that carry a secret in some programs only. `attached`: also glued to the option, `-pSECRET`. */
const SHORT_OPTIONS = new SafeMap<string, { separate: string; attached: string }>([
  ['mysql', { separate: '', attached: '-p' }],
  ['mysqldump', { separate: '', attached: '-p' }],
  ['mysqladmin', { separate: '', attached: '-p' }],
  ['mariadb', { separate: '', attached: '-p' }],
  ['sshpass', { separate: '-p', attached: '-p' }],
  ['curl', { separate: '-u -U -b', attached: '-u' }],
  ['wget', { separate: '', attached: '' }],
  ['http', { separate: '-a', attached: '' }],
  ['redis-cli', { separate: '-a', attached: '' }],
  ['ldapsearch', { separate: '-w', attached: '-w' }],
  ['smbclient', { separate: '-U', attached: '-U' }],
  ['7z', { separate: '', attached: '-p' }],
  ['7za', { separate: '', attached: '-p' }],
  ['zip', { separate: '-P', attached: '-P' }],
  ['unzip', { separate: '-P', attached: '-P' }],
  ['openssl', { separate: '-k -K -passin -passout -pass', attached: '' }],
  ['sqlcmd', { separate: '-P', attached: '-P' }],
  ['xfreerdp', { separate: '', attached: '/p:' }],
  ['useradd', { separate: '-p', attached: '' }],
]);
/** Programs in which `-p` is no password. */
const PLAIN_P = new SafeSet<string>(
  'node mkdir cp ssh scp ps tar rsync install make tsc docker podman git test patch netstat pgrep lsof bun deno'.split(
    ' ',
  ),
);

/** Shapes of secrets inside any text, with what is kept of them (a group named `keep`). */
const SHAPES: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /(?<keep>\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@'"]+@/gi,
  /(?<keep>\b(?:proxy-)?authorization\s*[:=]\s*)[^'"\r\n]+/gi,
  /(?<keep>\b(?:set-)?cookie\s*:\s*)[^'"\r\n]+/gi,
  /(?<keep>\b(?:x-[a-z-]*(?:key|token|auth|secret)|private-token|job-token|apikey|api-key)\s*:\s*)[^'"\r\n]+/gi,
  /(?<keep>\b(?:bearer|basic|token)\s+)[A-Za-z0-9+/=._~-]{8,}/gi,
  /(?<keep>[?&;](?:[a-z0-9_.-]*(?:token|secret|password|signature|credential)|api[_-]?key|key|sig|auth|code|pass|pwd)=)[^&\s'"#]+/gi,
  /(?<keep>\b(?:account|sharedaccess)key=)[^;\s'"]+/gi,
  /(?<keep>\/\/[^\s/]+\/?:_(?:authToken|auth|password)=)\S+/g,
  /(?<keep>\bhooks\.slack\.com\/(?:services|workflows)\/)\S+/g,
  /(?<keep>\bdiscord(?:app)?\.com\/api\/webhooks\/)\S+/g,
  /\b(?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA)[A-Z0-9]{16}\b/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,}/g,
  /\bglpat-[A-Za-z0-9_-]{16,}/g,
  /\bnpm_[A-Za-z0-9]{30,}/g,
  /\bpypi-[A-Za-z0-9_-]{20,}/g,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g,
  /\bxapp-\d-[A-Za-z0-9-]{10,}/g,
  /\bsk-[A-Za-z0-9_-]{20,}/g,
  /\b(?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{16,}/g,
  /\bAIza[A-Za-z0-9_-]{30,}/g,
  /\bya29\.[A-Za-z0-9_-]{20,}/g,
  /\bhf_[A-Za-z0-9]{20,}/g,
  /\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/g,
  /\bdo[opr]_v1_[a-f0-9]{32,}/g,
  /\b(?:hvs|hvb)\.[A-Za-z0-9_-]{20,}/g,
  /\b\d{8,10}:[A-Za-z0-9_-]{35}\b/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?/g,
];
/**
 * `NAME=value`, `NAME: value`, `--name value` inside a command line, from behind the name, which decides: looked for from its
 * beginning, a long word would be read once for each of its letters.
 */
const ASSIGNMENTS = /(?<between>=|(?<!\s)\s*:\s+|(?<!\s)\s+)(?<value>"[^"]*"|'[^']*'|[^\s'"&;|]+)/g;
const MAX_NAME = 64;
const NAME = /(?:--?)?[A-Za-z_][\w.-]*$/;
const LONG_WORDS = /[A-Za-z0-9+/_=-]{32,}/g;

/**
 * A command's arguments as telemetry may show them: secrets replaced, long ones cut, their number bounded.
 * @param program the program as named by the caller; decides what `-p` means
 */
export function redactArguments(program: string, argv: readonly unknown[]): string[] {
  const shown: string[] = [];
  const name = programName(program);
  const short = SHORT_OPTIONS.get(name);
  let secretNext = false;
  const count = MathMin(argv.length, MAX_ARGUMENTS);
  for (let i = 0; i < count; i++) {
    const argument = `${argv[i]}`;
    if (secretNext && !StringPrototypeStartsWith(argument, '--')) {
      shown[i] = REDACTED;
      secretNext = false;
      continue;
    }
    const separate = separateOption(argument, name, short);
    secretNext = separate;
    shown[i] = separate ? argument : redactArgument(argument, short);
  }
  if (argv.length > count) shown[count] = `… ${argv.length - count} more`;
  return shown;
}

/* An option whose value is the next argument. */
function separateOption(
  argument: string,
  program: string,
  short: { separate: string; attached: string } | undefined,
): boolean {
  if (!StringPrototypeStartsWith(argument, '-') || argument.length > 64) return false;
  if (StringPrototypeStartsWith(argument, '--')) {
    return StringPrototypeIndexOf(argument, '=') < 0 && isSecretName(StringPrototypeSlice(argument, 2));
  }
  if (short !== undefined) {
    const options = short.separate.split(' ');
    for (let i = 0; i < options.length; i++) if (options[i] === argument && argument !== '') return true;
    if (short.attached !== '' && StringPrototypeStartsWith(argument, short.attached)) return false;
  }
  if (argument === '-p' || argument === '-P') return !PLAIN_P.has(program) && short === undefined;
  // Java and Go style: -password X
  return argument.length > 2 && isSecretName(StringPrototypeSlice(argument, 1));
}

function redactArgument(argument: string, short: { attached: string } | undefined): string {
  if (short !== undefined && short.attached !== '' && argument.length > short.attached.length) {
    if (StringPrototypeStartsWith(argument, short.attached) && !StringPrototypeStartsWith(argument, '--')) {
      return short.attached + REDACTED;
    }
  }
  const text = redactText(argument);
  return text.length > MAX_ARGUMENT ? `${StringPrototypeSlice(text, 0, MAX_ARGUMENT)}…` : text;
}

/** Any text (a command line, a header, a URL) without the secrets that can be recognised in it. */
export function redactText(text: string): string {
  let result = text.length > MAX_READ ? StringPrototypeSlice(text, 0, MAX_READ) : text;
  for (let i = 0; i < SHAPES.length; i++) {
    result = replace(result, SHAPES[i] as RegExp, (match) => {
      const keep = match.groups?.keep ?? '';
      // user:password@ of a URL keeps the @, so that the host is still read as one.
      const at = match[0][match[0].length - 1] === '@' ? '@' : '';
      return keep + REDACTED + at;
    });
  }
  result = replace(result, ASSIGNMENTS, (match) => {
    const { between, value } = match.groups as { between: string; value: string };
    const name = nameBefore(match.input, match.index);
    const option = StringPrototypeStartsWith(name, '-');
    // Between words of prose, a name followed by a word is no assignment: only an option takes its value so.
    if (!option && RegExpPrototypeExec(/^\s+$/, between) !== null) return undefined;
    let start = 0;
    while (name[start] === '-') start++;
    if (!isSecretName(StringPrototypeSlice(name, start))) return undefined;
    return StringPrototypeStartsWith(value, REDACTED) ? undefined : between + REDACTED;
  });
  return replace(result, LONG_WORDS, (match) => (looksRandom(match[0]) ? REDACTED : undefined));
}

function nameBefore(text: string, end: number): string {
  let start = end;
  while (start > 0 && end - start < MAX_NAME && RegExpPrototypeExec(/[\w.-]/, text[start - 1] as string) !== null)
    start--;
  return RegExpPrototypeExec(NAME, StringPrototypeSlice(text, start, end))?.[0] ?? '';
}

function isSecretName(name: string): boolean {
  let plain = '';
  const lower = StringPrototypeToLowerCase(name);
  for (let i = 0; i < lower.length; i++) {
    const c = lower[i] as string;
    if (c !== '-' && c !== '_' && c !== '.') plain += c;
  }
  if (HARMLESS_NAMES.has(plain)) return false;
  return SECRET_NAMES.has(plain) || RegExpPrototypeExec(SECRET_ENDINGS, plain) !== null;
}

/*
 * Keys look like noise: Shannon entropy above 4 bits a character (words and paths stay near 3.5). Hexadecimal has at
 * most 4; there the length decides. 40 digits alone are a git commit, which is worth reading.
 */
function looksRandom(word: string): boolean {
  if (RegExpPrototypeExec(/^[0-9a-fA-F]+$/, word) !== null) return word.length !== 40;
  if (RegExpPrototypeExec(/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i, word) !== null) return false; // a UUID
  let upper = 0;
  let lower = 0;
  let digits = 0;
  const counts: Record<string, number> = { __proto__: null } as never;
  for (let i = 0; i < word.length; i++) {
    const c = word[i] as string;
    if (c >= 'A' && c <= 'Z') upper++;
    else if (c >= 'a' && c <= 'z') lower++;
    else if (c >= '0' && c <= '9') digits++;
    counts[c] = (counts[c] ?? 0) + 1;
  }
  if (digits < 2 || upper + lower === 0) return false;
  if (upper < 3 || lower < 3) return false;
  if (upper + digits < word.length / 5) return false;
  let entropy = 0;
  for (const c in counts) {
    const p = (counts[c] as number) / word.length;
    entropy -= (p * MathLog(p)) / Math.LN2;
  }
  return entropy > 4;
}

/* String.prototype.replace would go through replaceable methods of RegExp.prototype. */
function replace(text: string, pattern: RegExp, by: (match: RegExpExecArray) => string | undefined): string {
  let result = '';
  let from = 0;
  pattern.lastIndex = 0;
  for (let match = RegExpPrototypeExec(pattern, text); match !== null; match = RegExpPrototypeExec(pattern, text)) {
    const found = by(match);
    if (found === undefined) {
      // What follows a name may be a name itself: --header "token: x".
      const between = match.groups?.between;
      pattern.lastIndex = match.index + (between === undefined ? match[0].length : between.length);
      continue;
    }
    result += StringPrototypeSlice(text, from, match.index) + found;
    from = match.index + match[0].length;
    if (match[0].length === 0) pattern.lastIndex++;
  }
  pattern.lastIndex = 0;
  return from === 0 ? text : result + StringPrototypeSlice(text, from);
}
