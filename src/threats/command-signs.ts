import type { Act } from '../behavior.ts';
import { BoundedCache } from '../classification/bounded-cache.ts';
import { hostMeaning, parseEndpoint } from '../classification/hosts.ts';
import { inspectCommand, programClassOf } from '../classification/programs.ts';
import { sensitiveRowOf } from '../classification/sensitive-match.ts';
import {
  DateNow,
  MathImul,
  RegExpPrototypeExec,
  SafeSet,
  StringPrototypeCharCodeAt,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from '../primordials.ts';
import { SIGN as S } from './sign-bits.ts';
import { MAX_COMMAND, SIGN_CACHE } from './thresholds.ts';

/* What a command line shows: which programs it runs, which files and hosts it names, and forms that only attackers
   and installers use. The arguments are looked at here and kept nowhere. */

/** Meaning of a program, by the class that classification/program-table.ts gives it. */
export const PROGRAM_SIGNS: Readonly<Record<string, number | undefined>> = {
  __proto__: null as never,
  shell: S.SHELL,
  downloader: S.DOWNLOADER | S.EGRESS,
  transfer: S.EGRESS,
  'network-tool': S.EGRESS,
  'foreign-runtime': S.RUNTIME,
  'temp-executable': S.TEMP_RUN,
  'package-executable': S.OWN_RUN,
  'app-executable': S.OWN_RUN,
  'home-executable': S.OWN_RUN,
  'secret-scanner': S.COMMAND_SECRET,
  miner: S.MINER,
};

/** Of the wide class `privileged`, those that hand out the rights of somebody else. T1548.003, T1611. */
const ESCALATE = new SafeSet(['sudo', 'su', 'doas', 'pkexec', 'runas', 'gsudo', 'nsenter', 'insmod', 'modprobe']);
/** Of the class `keychain`, those that print what they keep; gpg and ssh-add sign. T1555. */
const PRINT_SECRETS = new SafeSet([
  'security',
  'secret-tool',
  'kwallet-query',
  'lpass',
  'pass',
  'keepassxc-cli',
  'cmdkey',
  'vaultcmd',
]);
const DESTROY = new SafeSet(['shred', 'wipe', 'srm', 'mkfs', 'mkfs.ext4', 'sdelete', 'blkdiscard', 'cipher', 'format']);
/** Network tools that only ask whether somebody is there. */
const HARMLESS_TOOLS = new SafeSet(['ping', 'ping6', 'traceroute', 'whois', 'openssl', 'lt']);

interface CommandRow {
  readonly signs: number;
  readonly pattern: RegExp;
}

/* Bounded repetitions, no nested quantifiers: linear in the length of the command line, which is cut at 4 KiB. */
const FORMS: readonly CommandRow[] = [
  // T1059.004 with T1105: what is fetched or decoded goes straight into an interpreter.
  {
    signs: S.HOSTILE_COMMAND | S.DOWNLOADER | S.EGRESS,
    pattern:
      /\b(?:curl|wget|fetch)\b[^|;&]{0,400}\|\s{0,8}(?:sudo\s{1,8})?(?:\S{0,40}\/)?(?:(?:ba|da|z|k|fi)?sh|python\d?|node|bun|deno|perl|ruby)\b/,
  },
  {
    signs: S.HOSTILE_COMMAND | S.DOWNLOADER | S.EGRESS,
    pattern: /\b(?:ba|da|z|k)?sh\s{1,8}(?:-c\s{1,8})?["']?(?:<\(|\$\(|`)\s{0,8}(?:curl|wget)\b/,
  },
  {
    signs: S.HOSTILE_COMMAND,
    pattern:
      /\bbase64\s{1,8}(?:-d|-D|--decode)\b[^;&]{0,400}\|\s{0,8}(?:\S{0,40}\/)?(?:(?:ba|da|z|k)?sh|python\d?|node|perl)\b/,
  },
  // T1059.001: encoded or in-memory PowerShell.
  {
    signs: S.HOSTILE_COMMAND,
    pattern:
      /\b(?:powershell|pwsh)(?:\.exe)?\b.{0,400}(?:\s-e(?:nc|ncodedcommand)?\s|\biex\b|invoke-expression|downloadstring)/i,
  },
  // T1095: a shell bound to a socket.
  {
    signs: S.HOSTILE_COMMAND | S.EGRESS,
    pattern: /\/dev\/(?:tcp|udp)\/|\b(?:nc|ncat|netcat)\b[^|;&]{0,200}\s-[a-z]{0,4}[ec]\s/,
  },
  // T1496.001
  { signs: S.MINER | S.EGRESS, pattern: /\bstratum\+(?:tcp|ssl|tls)\b|--donate-level\b/i },
  // AML.T0053: coding agents told not to ask (nx 2025, Amazon Q 2025, Cline 2026).
  {
    signs: S.AGENT_CLI,
    pattern:
      /--dangerously-skip-permissions\b|--dangerously-bypass-approvals|--trust-all-tools\b|--allow-all-tools\b|\bgemini\b.{0,400}--(?:yolo|approval-mode[= ]yolo)\b|\bcodex\b.{0,400}--(?:yolo|full-auto)\b|\baider\b.{0,400}--yes-always\b|\bcursor-agent\b.{0,400}\s(?:-f|--force)\b/,
  },
  // T1105 with T1222.002: fetched, made executable and run in one go.
  {
    signs: S.HOSTILE_COMMAND | S.DOWNLOADER | S.EGRESS,
    pattern:
      /\b(?:curl|wget)\b[^\0]{0,1500}\bchmod\b[^\0]{0,200}[;&\n]\s{0,8}(?:(?:nohup|setsid|exec|sudo)\s{1,8})?["']?(?:\.\/|\/|~|\$)/,
  },
  // Children that carry data away: T1567.001, T1567.002.
  {
    signs: S.EGRESS,
    pattern:
      /\bgh\s{1,8}(?:api|repo|gist|release)\b|\bgit\b[^|;&]{0,200}\spush\b|\b(?:npm|pnpm|yarn)\s{1,8}publish\b|\baws\s{1,8}s3\s{1,8}(?:cp|mv|sync)\b|\bgsutil\s{1,8}(?:cp|rsync)\b/,
  },
  // T1552.001: tools that print the token they keep.
  {
    signs: S.COMMAND_SECRET,
    pattern:
      /\bgh\s{1,8}auth\s{1,8}(?:token|status\s{1,8}(?:-t|--show-token))\b|\bgcloud\s{1,8}auth\s{1,8}(?:[a-z-]{1,30}\s{1,8})?print-|\bnpm\s{1,8}token\b|\baws\s{1,8}configure\s{1,8}(?:get|export-credentials)\b|\baz\s{1,8}account\s{1,8}get-access-token\b|\bsecretsmanager\s{1,8}get-secret-value\b|\bkubectl\b.{0,80}\sget\s{1,8}secrets?\b/,
  },
  // T1053.003, T1543, T1547: what runs again later.
  {
    signs: S.PERSISTENCE,
    pattern:
      /\bcrontab\s{1,8}(?:-\s|-$|[^-\s])|\|\s{0,8}crontab\b|\bschtasks(?:\.exe)?\b.{0,80}\/create\b|\blaunchctl\s{1,8}(?:load|bootstrap|enable)\b|\bsystemctl\b.{0,40}\senable\b|\breg(?:\.exe)?\s{1,8}add\b.{0,200}\\run\b/i,
  },
  // T1557, T1546: settings of git that lead its traffic elsewhere, or run a program each time; to be asked for one is none.
  {
    signs: S.PERSISTENCE,
    pattern:
      /\bgit\b[^|;&]{0,80}\sconfig\b(?![^|;&]{0,80}\s--(?:get|list|unset))[^|;&]{0,80}\s["']?(?:url\.[^|;&\s]{1,200}\.(?:push)?insteadof|core\.(?:sshcommand|fsmonitor|askpass|gitproxy)|init\.templatedir|http(?:\.[^|;&\s]{1,200})?\.(?:proxy|sslverify)|credential(?:\.[^|;&\s]{1,200})?\.helper|alias\.[\w-]{1,60}["']?\s{1,8}["']?!)/i,
  },
  // T1485: everything in the working directory, unless the line says which one that is.
  {
    signs: S.DESTROY,
    pattern:
      /^(?!.{0,4000}\b(?:cd|pushd)\s).{0,400}?(?:\brm\s{1,8}(?:-[a-zA-Z-]{1,20}\s{1,8}){1,4}["']?(?:\*|\.|\.\/|\.\/\*)["']?\s{0,8}(?:$|[;&|\n])|\b(?:rd|rmdir)\s{1,8}\/s\s{1,8}\/q\s{1,8}["']?(?:\.|\*)["']?\s{0,8}(?:$|[;&|\n]))/is,
  },
  // T1485
  {
    signs: S.DESTROY,
    pattern:
      /\brm\s{1,8}(?:-[a-zA-Z-]{1,20}\s{1,8}){1,4}["']?(?:~|\$HOME|\$\{HOME\}|\/|\/home(?:\/[^/\s]{1,40})?|\/root|\/Users\/[^/\s]{1,40})["']?\/?\*?["']?(?:\s|$|;|&)|\bdd\b[^|;&]{0,200}\bof=\/dev\/(?:sd|nvme|vd|disk)|\b(?:rd|rmdir|del)\b.{0,40}\/s\b.{0,60}%userprofile%/i,
  },
];

/** The command line as one text: the program first, cut at 4 KiB. */
export function commandOf(act: Act): string {
  const { argv } = act;
  let whole = act.target;
  if (argv !== undefined) {
    // Some callers report argv[0], some do not: the program leads either way.
    for (let i = argv[0] === act.target ? 1 : 0; i < argv.length && whole.length < MAX_COMMAND; i++) {
      whole += ` ${argv[i]}`;
    }
  }
  return whole.length > MAX_COMMAND ? StringPrototypeSlice(whole, 0, MAX_COMMAND) : whole;
}

/* A line is looked at once a member of the chain, and again and again: what is kept of it is a hash. */
const cache = new BoundedCache<number>(SIGN_CACHE);
const SEED = (DateNow() % 0x7fffffff) | 1;

/** Signs of what a child process is told to do, by its command line and by the script that a shell is to run. */
export function commandSigns(act: Act): number {
  let command = commandOf(act);
  if (act.script !== undefined) command += `\n${act.script}`;
  const key = hashOf(command);
  let signs = cache.get(key);
  if (signs === undefined) {
    signs = signsOfText(command);
    cache.set(key, signs);
  }
  return signs;
}

/* Two 32-bit hashes (FNV-1a, and its like with another prime) with a seed of this process: nobody prepares two lines
   of which the harmless one is seen first. */
function hashOf(text: string): string {
  let a = SEED;
  let b = ~SEED;
  for (let i = 0; i < text.length; i++) {
    const code = StringPrototypeCharCodeAt(text, i);
    a = MathImul(a ^ code, 16777619);
    b = MathImul(b ^ code, 2246822519) ^ (b >>> 13);
  }
  return `${a} ${b} ${text.length}`;
}

function signsOfText(command: string): number {
  let signs = 0;
  for (let i = 0; i < FORMS.length; i++) {
    const row = FORMS[i] as CommandRow;
    if (RegExpPrototypeExec(row.pattern, command) !== null) signs |= row.signs;
  }
  const { programs, paths, hosts } = inspectCommand([command], true);
  for (let i = 0; i < programs.length; i++) signs |= programSigns(programs[i] as string, i === 0);
  for (let i = 0; i < paths.length; i++) signs |= pathSigns(paths[i] as string);
  for (let i = 0; i < hosts.length; i++) {
    const { host, port } = parseEndpoint(hosts[i] as string);
    const { sensitivity, hostClass } = hostMeaning(host, port);
    if (sensitivity === 'metadata') signs |= S.METADATA | S.COMMAND_SECRET;
    else if ((signs & S.EGRESS) !== 0 && (hostClass === 'drop-service' || hostClass === 'public-ip')) signs |= S.DROP;
    else if (hostClass === 'mining-pool') signs |= S.MINER;
  }
  return signs;
}

function programSigns(name: string, isFirst: boolean): number {
  if (ESCALATE.has(name)) return S.PRIVILEGED;
  if (PRINT_SECRETS.has(name)) return S.COMMAND_SECRET;
  if (DESTROY.has(name)) return S.DESTROY;
  if (HARMLESS_TOOLS.has(name)) return 0;
  const signs = PROGRAM_SIGNS[programClassOf(name)] ?? 0;
  // That the shell itself is a shell was said by the act.
  return isFirst ? signs : signs & ~S.SHELL;
}

/* A file named in a command, as the file sense would have seen it. Whose home `~` is does not matter. */
function pathSigns(path: string): number {
  const isHome = StringPrototypeStartsWith(path, '~/') || StringPrototypeStartsWith(path, '$HOME/');
  const rest = isHome ? StringPrototypeSlice(path, path[0] === '~' ? 2 : 6) : path;
  const row = sensitiveRowOf(
    isHome
      ? { path: `/home/user/${rest}`, placeClass: 'home', rest }
      : { path: rest[0] === '/' ? rest : `/app/${rest}`, placeClass: rest[0] === '/' ? 'other' : 'app', rest },
    false,
  );
  return row?.sensitivity === 'credential' ? S.COMMAND_SECRET : 0;
}
