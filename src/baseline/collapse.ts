/**
 * Keeps a baseline reviewable: many siblings of one kind become one wildcard. A trait with a sensitivity
 * (`[credential]`, `[shell]` …) is never part of it.
 *
 * Every trait belongs to one group and every group to one family, both known from its text alone. A group with more
 * than a fixed number of members, or a family with more than a fixed number of groups, becomes its wildcard. Counting
 * groups, not members, at the second level makes the result independent of the order in which traits arrive.
 */
import {
  RegExpPrototypeExec,
  StringPrototypeEndsWith,
  StringPrototypeIndexOf,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeSplit,
  StringPrototypeStartsWith,
} from '../primordials.ts';

/** Files of one extension in one folder, before they become `<app>/views/*.html`. */
export const MAX_SIBLING_FILES = 16;
/** Sibling folders holding such files, before they become `<app>/views/*` + `/*.html`. */
export const MAX_SIBLING_FOLDERS = 16;
/** Packages whose files are read, by extension, before they become `<node_modules>/*` + `/*.js`: a bundler reads all. */
export const MAX_READ_PACKAGES = 4;
/** Subdomains of one domain on one port, before they become `*.example.com:443`. */
export const MAX_SUBDOMAINS = 8;
/** Domains on one port, before a package counts as one that talks to anybody: `*:443`. */
export const MAX_DOMAINS = 32;

/**
 * Domains whose subdomains belong to different owners: a wildcard over them would let a stranger in.
 * From the private section of the Public Suffix List (publicsuffix.org), those met in practice.
 */
const SHARED_DOMAINS: ReadonlySet<string> = new Set([
  ...[
    'amazonaws.com',
    'appspot.com',
    'azurewebsites.net',
    'blob.core.windows.net',
    'cloudfront.net',
    'cloudfunctions.net',
  ],
  ...['deno.dev', 'duckdns.org', 'firebaseapp.com', 'fly.dev', 'github.io', 'gitlab.io', 'glitch.me', 'herokuapp.com'],
  ...['lhr.life', 'loca.lt', 'netlify.app', 'ngrok-free.app', 'ngrok.app', 'ngrok.io', 'onrender.com', 'pages.dev'],
  ...['pipedream.net', 'r2.dev', 'railway.app', 'repl.co', 'run.app', 's3.amazonaws.com', 'serveo.net', 'surge.sh'],
  ...[
    'trycloudflare.com',
    'vercel.app',
    'web.app',
    'webhook.site',
    'workers.dev',
    'oast.fun',
    'oast.pro',
    'oastify.com',
  ],
]);

interface Place {
  readonly group: string;
  /** Undefined when a group of this kind must not become a wildcard. */
  readonly groupWildcard: string | undefined;
  readonly groupLimit: number;
  readonly family: string | undefined;
  readonly familyWildcard: string | undefined;
  readonly familyLimit: number;
}

const FILE_TRAIT = /^fs\.[a-z]+:/;
/* Code of other packages that is only read: published, and no news for anybody who knows that it is installed. */
const READ_PACKAGE = /^fs\.read:<node_modules>\/(?:@[^/]+\/)?[^/@.][^/]*\/[^/]+$/;
const HOST_TRAIT = /^net\.(?:connect|dns):/;
const PORT = /:(?:\d+|\*)$/;
const IPV4 = /^\d+\.\d+\.\d+\.(?:\d+|\*)$/;
/* Roots below which at least one more folder must be named: `<home>/*` would cover a stranger's files. */
const BROAD: ReadonlySet<string> = new Set([
  '',
  '/',
  '<home>',
  '<home>/*',
  '/*',
  '/home',
  '/Users',
  '/etc',
  '/usr',
  '/var',
]);

function isSensitive(trait: string): boolean {
  return StringPrototypeEndsWith(trait, ']') && StringPrototypeIndexOf(trait, ' [') > 0;
}

function placeOf(trait: string): Place | undefined {
  if (isSensitive(trait)) return undefined;
  if (RegExpPrototypeExec(FILE_TRAIT, trait) !== null) return placeOfFile(trait);
  if (RegExpPrototypeExec(HOST_TRAIT, trait) !== null) return placeOfHost(trait);
  return undefined;
}

function placeOfFile(trait: string): Place | undefined {
  const colon = StringPrototypeIndexOf(trait, ':') + 1;
  const verb = StringPrototypeSlice(trait, 0, colon);
  const file = StringPrototypeSlice(trait, colon);
  const slash = StringPrototypeLastIndexOf(file, '/');
  if (slash < 0) return undefined;
  const folder = StringPrototypeSlice(file, 0, slash);
  const dot = StringPrototypeLastIndexOf(file, '.');
  const extension = dot > slash + 1 ? StringPrototypeSlice(file, dot) : '';
  if (RegExpPrototypeExec(READ_PACKAGE, trait) !== null) {
    const wildcard = `${verb}${folder}/*${extension}`;
    const family = `${verb}<node_modules>/*/*${extension}`;
    return {
      group: wildcard,
      groupWildcard: wildcard,
      groupLimit: MAX_SIBLING_FILES,
      family,
      familyWildcard: family,
      familyLimit: MAX_READ_PACKAGES,
    };
  }
  const above = StringPrototypeLastIndexOf(folder, '/');
  const grandparent = above < 0 ? undefined : StringPrototypeSlice(folder, 0, above);
  const groupWildcard = BROAD.has(folder) ? undefined : `${verb}${folder}/*${extension}`;
  const broad = grandparent === undefined || BROAD.has(grandparent);
  return {
    group: `${verb}${folder}/*${extension}`,
    groupWildcard,
    groupLimit: MAX_SIBLING_FILES,
    family: broad ? undefined : `${verb}${grandparent}/*/*${extension}`,
    familyWildcard: broad ? undefined : `${verb}${grandparent}/*/*${extension}`,
    familyLimit: MAX_SIBLING_FOLDERS,
  };
}

function placeOfHost(trait: string): Place | undefined {
  const colon = StringPrototypeIndexOf(trait, ':') + 1;
  const verb = StringPrototypeSlice(trait, 0, colon);
  const address = StringPrototypeSlice(trait, colon);
  const port = RegExpPrototypeExec(PORT, address)?.[0] ?? '';
  const host = StringPrototypeSlice(address, 0, address.length - port.length);
  // Sockets, and class names of the classification (`<loopback>`), are no hosts.
  if (host === '' || StringPrototypeIndexOf(host, '/') >= 0 || StringPrototypeIndexOf(host, '<') >= 0) return undefined;
  const family = `${verb}*${port}`;
  const place = { family, familyWildcard: family, familyLimit: MAX_DOMAINS, groupLimit: MAX_SUBDOMAINS };
  if (RegExpPrototypeExec(IPV4, host) !== null) {
    const network = StringPrototypeSlice(host, 0, StringPrototypeLastIndexOf(host, '.'));
    return { ...place, group: `${verb}${network}.*${port}`, groupWildcard: `${verb}${network}.*${port}` };
  }
  if (StringPrototypeIndexOf(host, ':') >= 0) return { ...place, group: trait, groupWildcard: undefined };
  const labels = StringPrototypeSplit(host, '.');
  const parent = StringPrototypeSlice(host, (labels[0] as string).length + 1);
  if (labels.length < 3 || SHARED_DOMAINS.has(parent) || isRegistry(labels)) {
    // A registrable domain, or somebody's own name below a shared one, is a group of its own.
    return { ...place, group: `${verb}*.${host}${port}`, groupWildcard: undefined };
  }
  return { ...place, group: `${verb}*.${parent}${port}`, groupWildcard: `${verb}*.${parent}${port}` };
}

/* `example.co.uk`: what follows the first label is where a country registers names, not somebody's domain. */
function isRegistry(labels: readonly string[]): boolean {
  return labels.length === 3 && (labels[2] as string).length === 2 && (labels[1] as string).length <= 3;
}

/**
 * The wildcards that cover a trait, most specific first: at most two, so that matching a trait costs at most six
 * look-ups whatever the size of the baseline. Empty for a trait that is never covered, such as every sensitive one.
 */
export function wildcardsOf(trait: string): readonly string[] {
  const place = placeOf(trait);
  if (place === undefined) return [];
  const wildcards: string[] = [];
  if (place.groupWildcard !== undefined && place.groupWildcard !== trait)
    wildcards[wildcards.length] = place.groupWildcard;
  if (place.familyWildcard !== undefined && place.familyWildcard !== trait) {
    wildcards[wildcards.length] = place.familyWildcard;
  }
  return wildcards;
}

/** Is a trait in a set of traits, by name or under one of its wildcards? */
export function hasTrait(traits: { has(trait: string): boolean }, trait: string): boolean {
  return coveringTrait(traits, trait) !== undefined;
}

/**
 * The member of a set that a trait falls under: itself or one of its wildcards. Who may write a file may read it: a
 * cache is written in the first run and read in every later one, which would be news otherwise.
 */
export function coveringTrait(traits: { has(trait: string): boolean }, trait: string): string | undefined {
  const covering = coveringAsItIs(traits, trait);
  if (covering !== undefined) return covering;
  const written = writtenForm(trait);
  return written === undefined ? undefined : coveringAsItIs(traits, written);
}

function coveringAsItIs(traits: { has(trait: string): boolean }, trait: string): string | undefined {
  if (traits.has(trait)) return trait;
  const wildcards = wildcardsOf(trait);
  for (let i = 0; i < wildcards.length; i++) if (traits.has(wildcards[i] as string)) return wildcards[i];
  return undefined;
}

const READ = 'fs.read:';
const WRITE = 'fs.write:';

/*
 * `fs.read:X` → `fs.write:X`; undefined for everything else, where a sensitivity says that reading is another matter, and
 * for another package's files: nobody keeps a cache there.
 */
function writtenForm(trait: string): string | undefined {
  return StringPrototypeStartsWith(trait, READ) &&
    !isSensitive(trait) &&
    RegExpPrototypeExec(READ_PACKAGE, trait) === null
    ? WRITE + StringPrototypeSlice(trait, READ.length)
    : undefined;
}

/** Traits with everything collapsed that must be: sorted, each once. Collapsing again changes nothing. */
export function collapse(traits: Iterable<string>): string[] {
  const kept = new Set<string>();
  const groups = new Map<string, { place: Place; members: Set<string> }>();
  const add = (trait: string) => {
    const place = placeOf(trait);
    if (place === undefined) {
      kept.add(trait);
      return;
    }
    const group = groups.get(place.group);
    if (group === undefined) groups.set(place.group, { place, members: new Set([trait]) });
    else group.members.add(trait);
  };
  for (const trait of traits) {
    add(trait);
    // Counted as read as well, and left out at the end: in whatever order locks are merged, the counts are the same.
    const read = trait.startsWith(WRITE) ? READ + trait.slice(WRITE.length) : undefined;
    if (read !== undefined && writtenForm(read) === trait) add(read);
  }
  const families = new Map<string, number>();
  for (const { place } of groups.values()) {
    if (place.family !== undefined) families.set(place.family, (families.get(place.family) ?? 0) + 1);
  }
  const all = new Set<string>();
  for (const { members } of groups.values()) for (const member of members) all.add(member);
  for (const { place, members } of groups.values()) {
    const { family, familyWildcard, groupWildcard } = place;
    if (family !== undefined && familyWildcard !== undefined) {
      if (all.has(familyWildcard) || (families.get(family) as number) > place.familyLimit) {
        kept.add(familyWildcard);
        continue;
      }
    }
    if (groupWildcard !== undefined && (members.has(groupWildcard) || members.size > place.groupLimit)) {
      kept.add(groupWildcard);
      continue;
    }
    for (const member of members) kept.add(member);
  }
  return [...kept].filter((trait) => !kept.has(writtenForm(trait) ?? '')).sort();
}
