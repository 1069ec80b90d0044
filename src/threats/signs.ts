import type { Act, Deed, Resource } from '../behavior.ts';
import {
  ArrayPrototypeJoin,
  RegExpPrototypeExec,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from '../primordials.ts';
import { isForeignPackage } from '../voltage/novelty-class.ts';
import { tunnelSign } from './dns-labels.ts';
import { MAX_COMMAND } from './thresholds.ts';

/** What a deed looks like to the rules: one bit each, so that asking costs one `&`. */
export const SIGN = {
  /** The content of a credential file was taken. */
  SECRET: 1 << 0,
  /** A secret environment variable was read by name. */
  ENV_SECRET: 1 << 1,
  /** Contact with a cloud metadata service. */
  METADATA: 1 << 2,
  /** Data can leave the process: any connection, a child that transfers, an encoded name look-up. */
  EGRESS: 1 << 3,
  /** … to a place made for dropping things anonymously, or to a bare public address. */
  DROP: 1 << 4,
  /** A looked-up name carries an encoded label. */
  TUNNEL: 1 << 5,
  SPAWN: 1 << 6,
  SHELL: 1 << 7,
  DOWNLOADER: 1 << 8,
  /** A program below the temp directory. */
  TEMP_RUN: 1 << 9,
  /** Another runtime or interpreter than the one we live in. */
  RUNTIME: 1 << 10,
  /** sudo, su, pkexec … */
  PRIVILEGED: 1 << 11,
  /** A coding agent started with its safety switched off. */
  AGENT_CLI: 1 << 12,
  MINER: 1 << 13,
  /** A command line that fetches and runs, decodes and runs, or opens a shell to a socket. */
  HOSTILE_COMMAND: 1 << 14,
  /** A command line that names a secret. */
  COMMAND_SECRET: 1 << 15,
  TEMP_WRITE: 1 << 16,
  /** A write anywhere else outside the package's own folder. */
  WRITE: 1 << 17,
  OWN_WRITE: 1 << 18,
  PERSISTENCE: 1 << 19,
  AGENT_CONFIG: 1 << 20,
  FOREIGN_PACKAGE: 1 << 21,
  /** A write to what Diogenesis itself relies on. */
  SELF: 1 << 22,
  EXEC_BIT: 1 << 23,
  EVAL: 1 << 24,
  /** Native code from a place where no package lives. */
  FOREIGN_NATIVE: 1 << 25,
  /** JavaScript from a place where no package lives: temp, `data:`, `http:`. */
  FOREIGN_CODE: 1 << 26,
  /** Debugger, foreign functions, internal bindings: ways around every sense. */
  BYPASS: 1 << 27,
  /** A file that somebody filled after reading a secret is taken up by somebody else. */
  CARRIED: 1 << 28,
  LISTEN: 1 << 29,
  /** A program that lies in the package's own folder. */
  OWN_RUN: 1 << 30,
} as const;

const S = SIGN;

/** A resource class is a word of `classification/`; what it means for the rules is said here and nowhere else. */
const PROGRAMS: Readonly<Record<string, number | undefined>> = {
  __proto__: null as never,
  shell: S.SHELL,
  downloader: S.DOWNLOADER | S.EGRESS,
  'foreign-runtime': S.RUNTIME,
  'temp-executable': S.TEMP_RUN,
  'own-executable': S.OWN_RUN,
  privileged: S.PRIVILEGED,
};

const HOSTS: Readonly<Record<string, number | undefined>> = {
  __proto__: null as never,
  'drop-service': S.EGRESS | S.DROP,
  'public-ip': S.EGRESS | S.DROP,
  metadata: S.METADATA,
  'mining-pool': S.EGRESS | S.MINER,
  'dns-tunnel': S.EGRESS | S.TUNNEL,
  // What never leaves the machine is no egress; whoever holds the container daemon holds the machine (T1611).
  'unix-socket': 0,
  'container-socket': S.PRIVILEGED,
  // A key agent signs for whoever asks (T1563.001).
  'agent-socket': S.SECRET,
};

/** Modules that reach beneath everything that can be watched (measured: field note on evasions). */
const BYPASS: Readonly<Record<string, true | undefined>> = {
  __proto__: null as never,
  'node:ffi': true,
  'node:inspector': true,
  'node:inspector/promises': true,
};

interface CommandRow {
  readonly signs: number;
  readonly pattern: RegExp;
}

/* Read from the left, no nested quantifier: linear in the length of the command line, which is cut at 4 KiB. */
const COMMANDS: readonly CommandRow[] = [
  // T1059.004 with T1105: what is fetched or decoded goes straight into an interpreter.
  {
    signs: S.HOSTILE_COMMAND | S.DOWNLOADER | S.EGRESS,
    pattern: /\b(?:curl|wget|fetch)\b[^|;&]{0,400}\|\s{0,8}(?:sudo\s{1,8})?(?:\S{0,40}\/)?(?:ba|da|z|k|fi)?sh\b/,
  },
  {
    signs: S.HOSTILE_COMMAND | S.DOWNLOADER | S.EGRESS,
    pattern: /\b(?:curl|wget)\b[^|;&]{0,400}\|\s{0,8}(?:python\d?|node|bun|deno|perl|ruby)\b/,
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
      /\b(?:powershell|pwsh)(?:\.exe)?\b.{0,400}(?:-e(?:nc|ncodedcommand)?\s|\biex\b|invoke-expression|downloadstring)/i,
  },
  // T1095: a shell bound to a socket.
  {
    signs: S.HOSTILE_COMMAND | S.EGRESS,
    pattern: /\/dev\/(?:tcp|udp)\/|\b(?:nc|ncat|netcat)\b[^|;&]{0,200}\s-[a-z]{0,4}[ec]\s/,
  },
  // T1496.001
  { signs: S.MINER, pattern: /\bstratum\+(?:tcp|ssl|tls)\b|\bxmrig\b|--donate-level\b|\bminerd\b|\bcpuminer\b/i },
  // AML.T0053: coding agents told not to ask (nx 2025, Amazon Q 2025, Cline 2026).
  {
    signs: S.AGENT_CLI,
    pattern:
      /--dangerously-skip-permissions\b|--dangerously-bypass-approvals|--trust-all-tools\b|--allow-all-tools\b|\bgemini\b.{0,200}--yolo\b|\bcodex\b.{0,200}--(?:yolo|full-auto)\b|\baider\b.{0,200}--yes-always\b/,
  },
  // T1548.003
  { signs: S.PRIVILEGED, pattern: /^(?:\S{0,40}\/)?(?:sudo|su|doas|pkexec|runas)(?:\.exe)?\b/ },
  // Children that carry data away: T1048, T1567.001, T1567.004.
  {
    signs: S.EGRESS,
    pattern:
      /\b(?:nc|ncat|netcat|socat|scp|sftp|ftp|tftp|telnet|rsync|certutil|bitsadmin|nslookup|dig|invoke-webrequest|invoke-restmethod)(?:\.exe)?\s/i,
  },
  {
    signs: S.EGRESS,
    pattern: /\bgh\s{1,8}(?:api|repo|gist|release)\b|\bgit\b[^|;&]{0,200}\spush\b|\b(?:npm|pnpm|yarn)\s{1,8}publish\b/,
  },
  { signs: S.DOWNLOADER | S.EGRESS, pattern: /(?:^|[\s;&|/(])(?:curl|wget)(?:\.exe)?\s/ },
  // T1552.001: commands that print or name a secret.
  {
    signs: S.COMMAND_SECRET,
    pattern:
      /\bgh\s{1,8}auth\s{1,8}token\b|\bgcloud\s{1,8}auth\s{1,8}print-|\bfind-(?:generic|internet)-password\b|\bnpm\s{1,8}token\b|\.npmrc\b|\.aws\/(?:credentials|config)\b|\.ssh\/(?!known_hosts)|\bid_(?:rsa|ecdsa|ed25519)\b|\.netrc\b|\.git-credentials\b|\.kube\/config\b|\.docker\/config\.json\b|\.gnupg\b|\bLogin Data\b|\bwallet\.dat\b|\/etc\/shadow\b/,
  },
  { signs: S.COMMAND_SECRET | S.METADATA, pattern: /\b169\.254\.169\.254\b|\bmetadata\.google\.internal\b/ },
];

/** Commands that are read again and again cost one look-up; the pattern table is run once per distinct command line. */
export function commandOf(act: Act): string {
  const { argv } = act;
  if (argv === undefined || argv.length === 0) return act.target;
  const line = ArrayPrototypeJoin(argv, ' ');
  // Some callers report argv[0], some do not: the program leads either way.
  const whole = StringPrototypeStartsWith(line, act.target) ? line : `${act.target} ${line}`;
  return whole.length > MAX_COMMAND ? StringPrototypeSlice(whole, 0, MAX_COMMAND) : whole;
}

function commandSigns(act: Act): number {
  const command = commandOf(act);
  let signs = 0;
  for (let i = 0; i < COMMANDS.length; i++) {
    const row = COMMANDS[i] as CommandRow;
    if (RegExpPrototypeExec(row.pattern, command) !== null) signs |= row.signs;
  }
  return signs;
}

/** All signs of a deed; 0 for most. Allocation-free except for programs. */
export function signsOf(deed: Deed): number {
  const { act, resource } = deed.behavior;
  switch (act.sense) {
    case 'fs':
      return fileSigns(deed, act.operation, resource);
    case 'net':
      return networkSigns(act, resource);
    case 'process':
      return (
        S.SPAWN | (PROGRAMS[resource.resourceClass] ?? 0) | (isShell(act, resource) ? S.SHELL : 0) | commandSigns(act)
      );
    case 'code':
      return S.EVAL;
    case 'env':
      return resource.sensitivity === 'credential' ? S.ENV_SECRET : 0;
    case 'import':
      if (BYPASS[act.target] === true) return S.BYPASS;
      return isNowhere(resource) ? S.FOREIGN_CODE : 0;
    case 'worker':
      return isNowhere(resource) ? S.FOREIGN_CODE : 0;
    case 'native':
      if (act.operation !== 'dlopen') return S.BYPASS;
      return isNowhere(resource) || resource.resourceClass === 'home' ? S.FOREIGN_NATIVE : 0;
    default:
      return 0;
  }
}

function isShell(act: Act, resource: Resource): boolean {
  return act.shell === true || resource.sensitivity === 'shell';
}

/* Nobody's folder: code there was put there by somebody who runs. */
function isNowhere(resource: Resource): boolean {
  const { resourceClass } = resource;
  return resourceClass === 'tmp' || resourceClass === 'remote-code' || resourceClass === 'data-code';
}

function networkSigns(act: Act, resource: Resource): number {
  if (act.operation === 'listen') return S.LISTEN;
  if (act.operation === 'dns') {
    return resource.resourceClass === 'dns-tunnel' || tunnelSign(act.target) ? S.TUNNEL : 0;
  }
  if (resource.sensitivity === 'metadata') return S.METADATA;
  const signs = HOSTS[resource.resourceClass];
  if (signs !== undefined) return signs;
  return StringPrototypeStartsWith(act.target, 'unix:') ? 0 : S.EGRESS;
}

function fileSigns(deed: Deed, operation: string, resource: Resource): number {
  const { sensitivity, resourceClass } = resource;
  const isRead = operation === 'read' || operation === 'link';
  if (sensitivity === 'credential' && isRead) return S.SECRET;
  // The account token that Kubernetes mounts, and its like.
  if (sensitivity === 'metadata' && isRead) return S.METADATA;
  const changes = operation === 'write' || operation === 'delete' || operation === 'link';
  if (!changes && operation !== 'chmod') return 0;
  let signs = operation === 'chmod' ? S.EXEC_BIT : 0;
  if (changes) {
    if (sensitivity === 'persistence') signs |= S.PERSISTENCE;
    else if (sensitivity === 'agent-config') signs |= S.AGENT_CONFIG;
    else if (sensitivity === 'self') signs |= S.SELF;
    if (isForeignPackage(deed)) signs |= S.FOREIGN_PACKAGE;
  }
  if (operation === 'write' || operation === 'link') {
    if (resourceClass === 'tmp') signs |= S.TEMP_WRITE;
    else signs |= resourceClass === 'package' && (signs & S.FOREIGN_PACKAGE) === 0 ? S.OWN_WRITE : S.WRITE;
  }
  return signs;
}
