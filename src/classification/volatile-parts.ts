/**
 * Which parts of a name change from run to run and from machine to machine. They become `*`, so that two machines that
 * did the same thing name it the same way. Errs towards `*`: a trait that is a little too coarse costs less than a lock
 * file that changes with every run.
 */
import {
  RegExpPrototypeExec,
  SafeSet,
  StringPrototypeCharCodeAt,
  StringPrototypeEndsWith,
  StringPrototypeIncludes,
  StringPrototypeSlice,
  StringPrototypeToLowerCase,
} from '../primordials.ts';
import { isAlphanumeric, isDigit, isLower, isUpper, printable, words } from './text.ts';

/** Words with digits that are names, not numbers. */
const WORDS = new SafeSet(
  words(`
  sha1 sha224 sha256 sha384 sha512 md5 base32 base58 base64 utf8 utf16 ed25519 secp256k1 es5 es6 es2015 es2016
  es2017 es2018 es2019 es2020 es2021 es2022 es2023 es2024 es2025 x64 x86 win32 win64 i386 i686 amd64 aarch64
  arm64 ipv4 ipv6 http1 http2 http3 sqlite3 ec2 s3 k8s i18n l10n a11y p12 mp3 mp4 woff2 h264 oauth2 web3 d3 ssh2
  lib32 lib64 python2 python3 log4js bip32 bip39 key3 key4 7z bz2 iso8859 windows1252 utf32 latin1 sysv system32
`),
);

/** Words before a number that say what is numbered: `shard12`, `worker-3`, `cpu0`. */
const NUMBERED =
  /^(?:shard|part|partition|chunk|seg|segment|worker|job|task|run|build|tmp|temp|pid|session|cpu|core|bucket|page|batch|slot|thread|proc|process|instance|replica|profile|node|host|server|ns|cdn|pts|tty|fd|attempt|retry|step|test|release|backup|snapshot|vol|volume|disk|eth|img|image|file|user|id)\d+$/;

/** `linux-x64-gnu`, `darwin_arm64`, `win32-x64`: the machine, not the behaviour. */
const PLATFORM =
  /(?:android|darwin|freebsd|linux|linuxmusl|macos|netbsd|openbsd|sunos|win32|win64|windows|wasm32)[-_](?:x64|x86_64|x86|amd64|arm64|aarch64|arm64ec|armv6|armv7|armv7l|arm|ia32|i686|loong64|mips64el|ppc64le|ppc64|riscv64|s390x|universal|wasi)(?:[-_](?:gnueabihf|musleabihf|gnueabi|musleabi|eabi|gnu|musl|msvc|glibc))?(?![a-z0-9])/;

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

/** Beginnings by which a secret gives itself away; a path or argument that holds one is never shown. */
const SECRET =
  /gh[opsur]_[A-Za-z0-9]{16}|github_pat_|glpat-|(?:AKIA|ASIA)[A-Z0-9]{12}|AIza[A-Za-z0-9_-]{30}|xox[abeoprs]-\d|sk_(?:live|test)_|dop_v1_|(?:^|[^A-Za-z0-9])(?:npm_[A-Za-z0-9]{20}|pypi-[A-Za-z0-9]{16}|sk-(?:ant-|proj-|[A-Za-z0-9_-]{16})|eyJ[A-Za-z0-9_-]{16}|hf_[A-Za-z0-9]{16}|SG\.[A-Za-z0-9_-]{12}|hvs\.[A-Za-z0-9]{8}|bot\d{6,}:)/;

/* One of these is in everything that matches; to compile the expression costs milliseconds, and few processes need it. */
const SECRET_MARKS = words(
  'gh _pat_ glpat- KIA SIA AIza xox sk_ sk- dop_v1_ npm_ pypi- eyJ hf_ SG. hvs. bot',
) as readonly string[];

/** True when the text holds something that looks like a secret. */
export function looksSecret(text: string): boolean {
  if (text.length < 6) return false;
  for (let i = 0; i < SECRET_MARKS.length; i++) {
    if (StringPrototypeIncludes(text, SECRET_MARKS[i] as string)) return RegExpPrototypeExec(SECRET, text) !== null;
  }
  return false;
}

/** True for a long hexadecimal, base-32/58/64 or otherwise machine-made word: nobody gives such a name to anything. */
export function isHash(token: string): boolean {
  const n = token.length;
  if (n < 16) return false;
  let digits = 0;
  let hex = 0;
  let turns = 0;
  for (let i = 0; i < n; i++) {
    const code = StringPrototypeCharCodeAt(token, i);
    const digit = isDigit(code);
    if (digit) digits++;
    if (digit || (code >= 97 && code <= 102) || (code >= 65 && code <= 70)) hex++;
    if (i > 0) {
      const before = StringPrototypeCharCodeAt(token, i - 1);
      if (digit !== isDigit(before) || (isUpper(code) && isLower(before))) turns++;
    }
  }
  return hex === n || (digits > 0 && turns * 5 >= n) || n >= 48;
}

/* How a whole token reads: `*`, a prefix and `*`, or itself. `next` is the separator behind it, 0 at the end. */
function maskToken(token: string, next: number, afterNext: number, afterSeparator: boolean): string {
  const n = token.length;
  let digits = 0;
  let lower = 0;
  let upper = 0;
  let hex = 0;
  let turns = 0;
  let innerUpper = false;
  for (let i = 0; i < n; i++) {
    const code = StringPrototypeCharCodeAt(token, i);
    const digit = isDigit(code);
    if (digit) digits++;
    else if (isLower(code)) lower++;
    else if (isUpper(code)) {
      upper++;
      if (i > 0) innerUpper = true;
    }
    if (digit || (code >= 97 && code <= 102) || (code >= 65 && code <= 70)) hex++;
    if (i > 0 && digit !== isDigit(StringPrototypeCharCodeAt(token, i - 1))) turns++;
  }
  if (digits === n) return '*';
  if (digits === 0) {
    // mkdtemp and friends append six of [A-Za-z0-9]; without a digit, a capital inside gives them away.
    if (afterSeparator && n === 6 && next === 0 && innerUpper && lower > 0) return '*';
    return n >= 40 ? '*' : token;
  }
  const word = StringPrototypeToLowerCase(token);
  if (WORDS.has(word)) return token;
  if (hex === n && n >= 7) return '*';
  if (n >= 6 && lower > 0 && upper > 0 && turns >= 2) return '*';
  if (afterSeparator && n === 6 && next === 0 && (turns >= 2 || innerUpper)) return '*';
  if (n >= 5 && digits * 10 >= n * 6) return '*';
  if (n >= 10 && turns * 4 >= n) return '*';
  if (n >= 32) return '*';
  // v18.2.0 is a version, api/v1 is a name.
  if (n <= 4 && word[0] === 'v' && digits === n - 1) return next === 46 && isDigit(afterNext) ? '*' : token;
  let tail = n;
  while (tail > 0 && isDigit(StringPrototypeCharCodeAt(token, tail - 1))) tail--;
  if (n - tail >= 4) return `${StringPrototypeSlice(token, 0, tail)}*`;
  if (tail < n && RegExpPrototypeExec(NUMBERED, word) !== null) return `${StringPrototypeSlice(token, 0, tail)}*`;
  return token;
}

function maskTokens(segment: string): string {
  let out = '';
  let i = 0;
  const n = segment.length;
  while (i < n) {
    const code = StringPrototypeCharCodeAt(segment, i);
    if (!isAlphanumeric(code)) {
      // `*-*`, `*.*`, `*_*` and `**` say no more than `*`.
      out += segment[i];
      i++;
      continue;
    }
    let end = i + 1;
    while (end < n && isAlphanumeric(StringPrototypeCharCodeAt(segment, end))) end++;
    const next = end < n ? StringPrototypeCharCodeAt(segment, end) : 0;
    const afterNext = end + 1 < n ? StringPrototypeCharCodeAt(segment, end + 1) : 0;
    const masked = maskToken(StringPrototypeSlice(segment, i, end), next, afterNext, i > 0);
    if (masked[0] === '*') out = dropSeparatorAfterStar(out);
    out += out[out.length - 1] === '*' && masked[0] === '*' ? StringPrototypeSlice(masked, 1) : masked;
    i = end;
  }
  return out;
}

function dropSeparatorAfterStar(out: string): string {
  let end = out.length;
  while (end > 0) {
    const c = out[end - 1];
    if (c !== '-' && c !== '_' && c !== '.' && c !== '~' && c !== '+' && c !== ':' && c !== ',' && c !== ' ') break;
    end--;
  }
  return end > 0 && end < out.length && out[end - 1] === '*' ? StringPrototypeSlice(out, 0, end) : out;
}

/**
 * One path part with everything volatile in it replaced by `*`: hashes, uuids, dates, pids, random suffixes, shard
 * numbers, versions, the platform. Idempotent.
 */
export function maskVolatile(segment: string): string {
  let text = printable(segment);
  if (text.length > 255) return '*';
  if (text.length > 8 && looksSecret(text)) return '*';
  const plain = StringPrototypeToLowerCase(text);
  if (plain.length >= 36 && plain.length === text.length) {
    const uuid = RegExpPrototypeExec(UUID, plain);
    if (uuid !== null) {
      text = `${StringPrototypeSlice(text, 0, uuid.index)}*${StringPrototypeSlice(text, uuid.index + 36)}`;
    }
  }
  if (text.length >= 8) {
    const lowered = StringPrototypeToLowerCase(text);
    const platform = lowered.length === text.length ? RegExpPrototypeExec(PLATFORM, lowered) : null;
    if (platform !== null) {
      const end = platform.index + (platform[0] as string).length;
      text = `${StringPrototypeSlice(text, 0, platform.index)}*${StringPrototypeSlice(text, end)}`;
    }
    if (isScrambled(text)) return '*';
  }
  return maskTokens(text);
}

/** A package's name with nothing volatile in it but the platform it was built for: `@esbuild/*`, `@rollup/rollup-*`. */
export function maskPlatform(name: string): string {
  if (name.length < 8) return name;
  const lowered = StringPrototypeToLowerCase(name);
  if (lowered.length !== name.length || RegExpPrototypeExec(PLATFORM, lowered) === null) return name;
  const masked = maskVolatile(name);
  return StringPrototypeEndsWith(masked, '*') ? masked : name;
}

/* nanoid and base64url mix case, digits, `-` and `_` so often that no token of theirs can be judged alone. */
function isScrambled(text: string): boolean {
  const n = text.length;
  if (n < 16) return false;
  let turns = 0;
  let digits = 0;
  let before = -1;
  for (let i = 0; i < n; i++) {
    const code = StringPrototypeCharCodeAt(text, i);
    if (!isAlphanumeric(code)) {
      if (code !== 45 && code !== 95) return false;
      continue;
    }
    const digit = isDigit(code);
    if (digit) digits++;
    if (before !== -1 && (digit !== isDigit(before) || (isUpper(code) && isLower(before)))) turns++;
    before = code;
  }
  return digits > 0 && turns >= 5 && turns * 3 >= n;
}
