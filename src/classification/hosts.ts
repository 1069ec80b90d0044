/**
 * What a network target is and how a trait names it.
 *
 * Names: letters are lowered, user information, trailing dots and IPv6 brackets are normalised, an IPv4 address in any
 * spelling that `inet_aton` takes (hexadecimal, octal, one number) is written in the usual one. In front of the
 * registrable domain, labels that are generated (hashes, regions, shard numbers) become `*`; the domain itself never
 * does, because that is what an attacker has to change.
 */
import type { Sensitivity } from '../behavior.ts';
import { lazily } from '../lazily.ts';
import {
  MathFloor,
  MathLog,
  RegExpPrototypeExec,
  SafeMap,
  SafeSet,
  StringPrototypeCharCodeAt,
  StringPrototypeEndsWith,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  StringPrototypeToLowerCase,
} from '../primordials.ts';
import {
  GENERATED_NAME_SUFFIXES,
  HOSTS,
  type HostRow,
  METADATA_ADDRESSES,
  MINING_PORTS,
  SERVICE_PORTS,
  SHARED_SUFFIXES,
} from './host-tables.ts';
import { FIRST_EPHEMERAL_PORT } from './limits.ts';
import { isDigit, printable, splitOn, words } from './text.ts';
import { looksSecret, maskVolatile } from './volatile-parts.ts';

/** `Resource.resourceClass` of a network target. */
export type HostClass =
  | HostRow['hostClass']
  | 'loopback'
  | 'private'
  | 'link-local'
  | 'multicast'
  | 'any'
  | 'public-ip'
  | 'dns-tunnel'
  | 'public-host'
  | 'unix-socket'
  | 'container-socket'
  | 'agent-socket';

export interface HostMeaning {
  /** As a trait names it, without port. */
  readonly name: string;
  readonly hostClass: HostClass;
  readonly family: string | undefined;
  readonly sensitivity: Sensitivity | undefined;
}

export interface Endpoint {
  /** Canonical host: lower case, no brackets, no trailing dot. */
  readonly host: string;
  /** -1 when the target names none. */
  readonly port: number;
}

const rows = lazily(() => {
  const made = new SafeMap<string, HostRow>();
  for (let i = 0; i < HOSTS.length; i++) {
    const row = HOSTS[i] as HostRow;
    for (let j = 0; j < row.hosts.length; j++) made.set(row.hosts[j] as string, row);
  }
  return made;
});
const metadata = new SafeMap<string, string>(METADATA_ADDRESSES);
const miningPorts = new SafeSet<number>(MINING_PORTS);
const servicePorts = new SafeSet<number>(Object.values(SERVICE_PORTS).flat());
const sharedSuffixes = new SafeSet<string>(SHARED_SUFFIXES);

/** Second levels under which a country registers names: `co.uk`, `com.au`. */
const COUNTRY_SECOND_LEVEL = new SafeSet(
  words(`
  ac co com edu gob gov gv go id ltd me mil ne net nom or org plc sch
`),
);

/** Suffixes that only resolve inside somebody's network. */
const LOCAL_SUFFIXES = words(`
  .local .internal .lan .home .corp .intranet .home.arpa .localdomain .docker
`);

const REGION =
  /^(?:(?:us|eu|ap|sa|ca|me|af|il|mx|cn|uk|jp|au|in|br|kr|sg|asia|europe|northamerica|southamerica|australia|africa)(?:-(?:gov|iso|isob|north|south|east|west|central|northeast|northwest|southeast|southwest))+-?\d*[a-z]?|(?:north|south|east|west|central|southeast|southcentral|northcentral|westcentral|uk|france|germany|norway|sweden|switzerland|japan|korea|india|canada|brazil|australia|uae|qatar|israel|italy|poland|spain|mexico)(?:north|south|east|west|central|southeast|us|europe|asia|india|italy)*\d?|[a-z]{3}\d{1,2}|s3-[a-z]{2}-[a-z]+-\d)$/;

/** Reads `host:port`, `[v6]:port`, a bare host or a URL. Never throws. */
export function parseEndpoint(target: string): Endpoint {
  let text = StringPrototypeToLowerCase(target.length > 2048 ? StringPrototypeSlice(target, 0, 2048) : target);
  const scheme = StringPrototypeIndexOf(text, '://');
  let port = -1;
  if (scheme !== -1 && scheme < 24) {
    const name = StringPrototypeSlice(text, 0, scheme);
    if (name === 'https' || name === 'wss') port = 443;
    else if (name === 'http' || name === 'ws') port = 80;
    text = StringPrototypeSlice(text, scheme + 3);
  }
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '/' || c === '?' || c === '#' || c === '\\') {
      text = StringPrototypeSlice(text, 0, i);
      break;
    }
  }
  const at = StringPrototypeLastIndexOf(text, '@');
  if (at !== -1) text = StringPrototypeSlice(text, at + 1);
  let host = text;
  if (text[0] === '[') {
    const close = StringPrototypeIndexOf(text, ']');
    if (close !== -1) {
      host = StringPrototypeSlice(text, 1, close);
      if (text[close + 1] === ':') port = portNumber(StringPrototypeSlice(text, close + 2));
    }
  } else {
    const colon = StringPrototypeIndexOf(text, ':');
    // More than one colon without brackets is a bare IPv6 address.
    if (colon !== -1 && StringPrototypeIndexOf(text, ':', colon + 1) === -1) {
      host = StringPrototypeSlice(text, 0, colon);
      port = portNumber(StringPrototypeSlice(text, colon + 1));
    }
  }
  return { host: canonicalHost(host), port };
}

function portNumber(text: string): number {
  if (text === '*') return 0;
  const n = +text;
  return text !== '' && n >= 0 && n <= 65535 ? n : -1;
}

function canonicalHost(raw: string): string {
  let host = raw;
  const zone = StringPrototypeIndexOf(host, '%');
  if (zone !== -1 && StringPrototypeIncludes(host, ':')) host = StringPrototypeSlice(host, 0, zone);
  while (host.length > 1 && host[host.length - 1] === '.') host = StringPrototypeSlice(host, 0, -1);
  if (StringPrototypeIncludes(host, ':')) return canonicalV6(host);
  return canonicalV4(host) ?? printable(host);
}

/* One number of an IPv4 address as inet_aton reads it: decimal, 0x hexadecimal or 0 octal. */
function addressNumber(text: string): number {
  if (text === '') return -1;
  const hexadecimal = StringPrototypeStartsWith(text, '0x');
  const octal = !hexadecimal && text.length > 1 && text[0] === '0';
  const base = hexadecimal ? 16 : octal ? 8 : 10;
  let n = 0;
  for (let i = hexadecimal ? 2 : 0; i < text.length; i++) {
    const code = StringPrototypeCharCodeAt(text, i);
    const digit = isDigit(code) ? code - 48 : code >= 97 && code <= 102 ? code - 87 : 99;
    if (digit >= base) return -1;
    n = n * base + digit;
    if (n > 0xffffffff) return -1;
  }
  return n;
}

function canonicalV4(host: string): string | undefined {
  if (!isDigit(StringPrototypeCharCodeAt(host, 0))) return undefined;
  const parts = splitOn(host, '.');
  const n = parts.length;
  if (n === 0 || n > 4) return undefined;
  let address = 0;
  for (let i = 0; i < n; i++) {
    const value = addressNumber(parts[i] as string);
    if (value < 0) return undefined;
    if (i === n - 1) {
      if (value >= 256 ** (5 - n)) return undefined;
      address += value;
    } else {
      if (value > 255) return undefined;
      address += value * 256 ** (3 - i);
    }
  }
  return fromNumber(address);
}

function fromNumber(address: number): string {
  return `${MathFloor(address / 16777216) % 256}.${MathFloor(address / 65536) % 256}.${MathFloor(address / 256) % 256}.${address % 256}`;
}

/* RFC 5952: lower case, no leading zeros, the longest run of zeros as `::`; mapped IPv4 as IPv4. */
function canonicalV6(host: string): string {
  const groups = v6Groups(host);
  if (groups === undefined) return printable(host);
  let leadingZero = 0;
  while (leadingZero < 5 && groups[leadingZero] === 0) leadingZero++;
  const mapped = leadingZero === 5 && (groups[5] === 0xffff || (groups[5] === 0 && (groups[6] as number) > 0));
  const nat64 = groups[0] === 0x64 && groups[1] === 0xff9b;
  if (mapped || nat64) return fromNumber((groups[6] as number) * 65536 + (groups[7] as number));
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > bestLength) {
      best = i;
      bestLength = end - i;
    }
    if (end > i) i = end;
  }
  let out = '';
  for (let i = 0; i < 8; i++) {
    if (i === best) {
      out += '::';
      i += bestLength - 1;
      continue;
    }
    if (out !== '' && !StringPrototypeEndsWith(out, ':')) out += ':';
    out += hexadecimal(groups[i] as number);
  }
  return out;
}

function hexadecimal(n: number): string {
  const digits = '0123456789abcdef';
  let out = '';
  let rest = n;
  do {
    out = (digits[rest % 16] as string) + out;
    rest = MathFloor(rest / 16);
  } while (rest > 0);
  return out;
}

function v6Groups(host: string): number[] | undefined {
  const gap = StringPrototypeIndexOf(host, '::');
  const head = parseGroups(gap === -1 ? host : StringPrototypeSlice(host, 0, gap));
  const tail = gap === -1 ? [] : parseGroups(StringPrototypeSlice(host, gap + 2));
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (gap === -1 ? missing !== 0 : missing < 1) return undefined;
  const groups: number[] = [];
  for (let i = 0; i < 8; i++) {
    groups[i] =
      i < head.length
        ? (head[i] as number)
        : i < head.length + missing
          ? 0
          : (tail[i - head.length - missing] as number);
  }
  return groups;
}

function parseGroups(text: string): number[] | undefined {
  const parts = splitOn(text, ':');
  const groups: number[] = [];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as string;
    if (StringPrototypeIncludes(part, '.')) {
      if (i !== parts.length - 1) return undefined;
      const v4 = splitOn(part, '.');
      if (v4.length !== 4) return undefined;
      groups[groups.length] = +(v4[0] as string) * 256 + +(v4[1] as string);
      groups[groups.length] = +(v4[2] as string) * 256 + +(v4[3] as string);
      continue;
    }
    const n = part.length <= 4 ? addressNumber(`0x${part}`) : -1;
    if (n < 0) return undefined;
    groups[groups.length] = n;
  }
  for (let i = 0; i < groups.length; i++)
    if (!((groups[i] as number) >= 0 && (groups[i] as number) <= 0xffff)) return undefined;
  return groups;
}

function isV4(host: string): boolean {
  return isDigit(StringPrototypeCharCodeAt(host, 0)) && canonicalV4(host) === host;
}

/* RFC 6890 special-purpose addresses. */
function classOfV4(host: string): HostClass {
  const parts = splitOn(host, '.');
  const a = +(parts[0] as string);
  const b = +(parts[1] as string);
  if (a === 127) return 'loopback';
  if (a === 0) return 'any';
  if (a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168)) return 'private';
  if (a === 100 && b >= 64 && b <= 127) return 'private';
  if (a === 169 && b === 254) return 'link-local';
  if (a >= 224) return 'multicast';
  return 'public-ip';
}

function classOfV6(host: string): HostClass {
  if (host === '::1') return 'loopback';
  if (host === '::') return 'any';
  const first = StringPrototypeSlice(host, 0, 2);
  if (first === 'fc' || first === 'fd') return 'private';
  if (first === 'ff') return 'multicast';
  const third = host[2];
  if (first === 'fe' && (third === '8' || third === '9' || third === 'a' || third === 'b')) return 'link-local';
  return 'public-ip';
}

/** The part of a name that somebody registered: `example.co.uk`, `tenant.vercel.app`. The name itself when short. */
export function registrableDomain(host: string): string {
  const labels = splitOn(host, '.');
  const n = labels.length;
  if (n <= 2) return host;
  // Longest shared suffix first: three labels, then two.
  for (let take = 4; take >= 2; take--) {
    if (n > take && sharedSuffixes.has(lastLabels(labels, take))) return lastLabels(labels, take + 1);
    if (n === take && sharedSuffixes.has(host)) return host;
  }
  const country = (labels[n - 1] as string).length === 2 && COUNTRY_SECOND_LEVEL.has(labels[n - 2] as string);
  return lastLabels(labels, country ? 3 : 2);
}

function lastLabels(labels: readonly string[], count: number): string {
  let out = '';
  for (let i = labels.length - count; i < labels.length; i++) out += out === '' ? labels[i] : `.${labels[i]}`;
  return out;
}

/** Shannon entropy of the characters, in bits each. */
function entropy(text: string): number {
  const counts = new SafeMap<string, number>();
  for (let i = 0; i < text.length; i++) counts.set(text[i] as string, (counts.get(text[i] as string) ?? 0) + 1);
  let bits = 0;
  counts.forEach((count) => {
    const p = count / text.length;
    bits -= (p * MathLog(p)) / Math.LN2;
  });
  return bits;
}

/* Labels carry at most 63 characters of whatever is being smuggled; people's labels are short words. */
function looksLikeTunnel(labels: readonly string[], domainLabels: number, host: string): boolean {
  for (let i = 0; i < GENERATED_NAME_SUFFIXES.length; i++) {
    if (StringPrototypeEndsWith(host, `.${GENERATED_NAME_SUFFIXES[i]}`)) return false;
  }
  let payload = 0;
  let coded = 0;
  for (let i = 0; i < labels.length - domainLabels; i++) {
    const label = labels[i] as string;
    payload += label.length;
    if (label.length >= 24 && isCoded(label)) coded++;
  }
  return coded > 0 || payload >= 80;
}

/* Hexadecimal, base 32 or base 64: no hyphenated words, and more kinds of characters than a language uses. */
function isCoded(label: string): boolean {
  let digits = 0;
  for (let i = 0; i < label.length; i++) {
    const code = StringPrototypeCharCodeAt(label, i);
    if (code === 45) return false;
    if (isDigit(code)) digits++;
  }
  return digits * 8 >= label.length ? entropy(label) >= 2.5 : label.length >= 40 && entropy(label) >= 3.8;
}

function rowOf(labels: readonly string[]): HostRow | undefined {
  // A name and the names above it, most specific first.
  let name = '';
  let found: HostRow | undefined;
  for (let i = labels.length - 1; i >= 0; i--) {
    name = name === '' ? (labels[i] as string) : `${labels[i]}.${name}`;
    // `metadata` and `onion` alone are names by themselves, not suffixes that everybody has.
    const row = rows().get(name);
    if (row !== undefined && (i === 0 || name !== 'metadata')) found = row;
  }
  return found;
}

function maskLabel(label: string): string {
  if (RegExpPrototypeExec(REGION, label) !== null) return '*';
  if (StringPrototypeIncludes(maskVolatile(label), '*')) return '*';
  // api2, cdn-3, ns1: one of many.
  const last = StringPrototypeCharCodeAt(label, label.length - 1);
  if (label.length <= 2 || !isDigit(last) || label === 's3' || label === 'ec2' || label === 'oauth2') return label;
  return label.length > 3 ? '*' : label;
}

function nameOf(labels: readonly string[], domainLabels: number): string {
  let out = '';
  const masked = labels.length - domainLabels;
  for (let i = 0; i < labels.length; i++) {
    const label = i < masked ? maskLabel(labels[i] as string) : (labels[i] as string);
    // `*.*.example.com` would count the shards.
    if (label === '*' && StringPrototypeEndsWith(out, '*')) continue;
    out += out === '' ? label : `.${label}`;
  }
  return out;
}

function meaning(name: string, hostClass: HostClass, family?: string, sensitivity?: Sensitivity): HostMeaning {
  return { name, hostClass, family, sensitivity };
}

function addressMeaning(host: string, hostClass: HostClass): HostMeaning {
  const cloud = metadata.get(host);
  if (cloud !== undefined) return meaning(host, 'metadata', cloud, 'metadata');
  switch (hostClass) {
    // Addresses inside a network are given out by chance (containers, DHCP); which one it was says nothing.
    case 'private':
      return meaning('<private>', 'private');
    case 'link-local':
      return meaning('<link-local>', 'link-local');
    case 'multicast':
      return meaning('<multicast>', 'multicast');
    case 'any':
      return meaning('localhost', 'loopback');
    default:
      return meaning(StringPrototypeIncludes(host, ':') ? `[${host}]` : host, hostClass);
  }
}

/** What a host is. `host` as {@link parseEndpoint} returns it. */
export function hostMeaning(host: string, port = -1): HostMeaning {
  if (host === '' || host === 'localhost' || StringPrototypeEndsWith(host, '.localhost')) {
    return meaning('localhost', 'loopback');
  }
  if (StringPrototypeIncludes(host, ':')) return addressMeaning(host, classOfV6(host));
  if (isV4(host)) return addressMeaning(host, classOfV4(host));
  if (host.length > 253 || looksSecret(host)) return meaning('*', 'dns-tunnel');
  const labels = splitOn(host, '.');
  const domain = registrableDomain(host);
  const domainLabels = splitOn(domain, '.').length;
  const row = rowOf(labels);
  const name = nameOf(labels, domainLabels);
  if (row !== undefined) {
    return meaning(name, row.hostClass, row.family, row.hostClass === 'metadata' ? 'metadata' : undefined);
  }
  if (labels.length === 1) return meaning(host, 'private');
  for (let i = 0; i < LOCAL_SUFFIXES.length; i++) {
    if (StringPrototypeEndsWith(host, LOCAL_SUFFIXES[i] as string)) return meaning(name, 'private');
  }
  if (looksLikeTunnel(labels, domainLabels, host)) return meaning(`*.${domain}`, 'dns-tunnel', 'dns-tunnel');
  if (miningPorts.has(port) || labels[0] === 'stratum' || isPoolName(labels))
    return meaning(name, 'mining-pool', 'mining');
  return meaning(name, 'public-host');
}

function isPoolName(labels: readonly string[]): boolean {
  const first = labels[0] as string;
  return labels.length >= 3 && (first === 'xmr' || first === 'pool' || first === 'mine' || first === 'xmr-pool');
}

/**
 * A port as a trait names it. `*` where it is chance which one it is: one that the operating system gave out, and one on
 * this machine that the environment names, unless it is a service's own (5432 is a database whoever says so).
 */
export function portName(port: number, hostClass: HostClass, isGiven: (port: number) => boolean): string {
  const local = hostClass === 'loopback' || hostClass === 'private' || hostClass === 'link-local';
  if (local && port >= FIRST_EPHEMERAL_PORT) return '*';
  return hostClass === 'loopback' && !servicePorts.has(port) && isGiven(port) ? '*' : `${port}`;
}

/** A listening port: 0 and random ones are both "any free port", and the code did not choose one that it was told. */
export function listenPortName(port: number, isGiven: (port: number) => boolean): string {
  return port <= 0 || port >= FIRST_EPHEMERAL_PORT || isGiven(port) ? '0' : `${port}`;
}
