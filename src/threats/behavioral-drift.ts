import type { Deed, Principal } from '../behavior.ts';
import {
  SafeSet,
  StringPrototypeIndexOf,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from '../primordials.ts';
import type { Level } from '../response/finding.ts';
import { type BaselineView, forEachTrait } from '../voltage/baseline-view.ts';
import { type NoveltyClass, noveltyClassOf, noveltyClassOfTrait } from '../voltage/novelty-class.ts';
import { isDeputy } from './knowledge.ts';
import type { Rule } from './rule.ts';
import { SIGN } from './sign-bits.ts';
import { FEW_HOSTS, LATE_AFTER } from './thresholds.ts';

const pattern = 'behavioral_drift';

/** Drift that needs no baseline to be remarkable. */
export const BEHAVIORAL_DRIFT: readonly Rule[] = [
  {
    name: 'tampering',
    pattern,
    description: "A package changes Diogenesis' own lock, configuration or findings.",
    reference: ['T1685', 'T1070.004'],
    windowSeconds: 1,
    sequence: [{ signs: SIGN.SELF, unreviewed: true }],
    level: { novel: 'ALERT', first: 'ALERT', appNovel: 'WARN', appFirst: 'WARN' },
    says: 'changed a file that Diogenesis relies on ({0})',
  },
];

interface DriftRow {
  readonly level: Level;
  readonly says: string;
}

/** The first behaviour of a kind, by a package with a settled baseline. Kinds that are not listed are LOG. */
const FIRST_OF_KIND: { readonly [kind in NoveltyClass]?: DriftRow } = {
  network: { level: 'WARN', says: 'never used the network before' },
  'suspicious-host': { level: 'WARN', says: 'never reached an anonymous destination before' },
  metadata: { level: 'WARN', says: 'never asked the metadata service before' },
  dns: { level: 'WARN', says: 'never looked up a name before' },
  listen: { level: 'WARN', says: 'never accepted connections before' },
  program: { level: 'WARN', says: 'never started a program before' },
  shell: { level: 'WARN', says: 'never started a shell before' },
  'dangerous-program': { level: 'WARN', says: 'never started such a program before' },
  eval: { level: 'WARN', says: 'never turned text into code before' },
  native: { level: 'WARN', says: 'never loaded native code before' },
  'foreign-code': { level: 'WARN', says: 'never loaded code from outside any package before' },
  credential: { level: 'WARN', says: 'never touched a secret before' },
  'env-credential': { level: 'LOG', says: 'never read a secret from the environment before' },
  'foreign-package': { level: 'WARN', says: "never changed another package's files before" },
  persistence: { level: 'WARN', says: 'never touched such a place before' },
  'agent-config': { level: 'WARN', says: 'never touched such a place before' },
};

/** Importing one of these is WARN when the previous version did not: what it leads to is WARN or more anyway. */
const REMARKABLE_IMPORTS: Readonly<Record<string, true | undefined>> = {
  __proto__: null as never,
  'node:child_process': true,
  'node:inspector': true,
  'node:ffi': true,
};

/** Dangerous kinds of which only the target is new; LOG, unless it comes long after start-up. */
const LATE_KINDS: { readonly [kind in NoveltyClass]?: true } = {
  'suspicious-host': true,
  program: true,
  shell: true,
  eval: true,
  native: true,
  listen: true,
};

/** What a baseline shows, as far as drift asks. Made once per principal. */
export interface Habits {
  readonly kinds: ReadonlySet<NoveltyClass>;
  readonly hosts: ReadonlySet<string>;
  readonly domains: ReadonlySet<string>;
  /** They are those of an older version than the one that acts. */
  readonly ofOlderVersion: boolean;
  readonly isLearning: boolean;
}

export function habitsOf(baseline: BaselineView): Habits {
  const kinds = new SafeSet<NoveltyClass>();
  const hosts = new SafeSet<string>();
  const domains = new SafeSet<string>();
  forEachTrait(baseline, (trait) => {
    kinds.add(noveltyClassOfTrait(trait));
    if (!StringPrototypeStartsWith(trait, 'net.connect:')) return;
    const host = hostOf(StringPrototypeSlice(trait, 12));
    hosts.add(host);
    domains.add(domainOf(host));
  });
  return {
    kinds,
    hosts,
    domains,
    ofOlderVersion: baseline.ofOlderVersion === true,
    isLearning: baseline.state === 'learning',
  };
}

/** `host:port [mark]` → host, with the names of one's own machine made one. */
export function hostOf(target: string): string {
  let end = StringPrototypeIndexOf(target, ' [');
  if (end === -1) end = target.length;
  const plain = StringPrototypeSlice(target, 0, end);
  const colon = StringPrototypeLastIndexOf(plain, ':');
  const host = colon > 0 ? StringPrototypeSlice(plain, 0, colon) : plain;
  return host === '127.0.0.1' || host === '::1' || host === '[::1]' ? 'localhost' : host;
}

/** The last two labels, three below two-letter second levels such as `co.uk`; an address is its own domain. */
export function domainOf(host: string): string {
  const last = StringPrototypeLastIndexOf(host, '.');
  if (last <= 0 || host[host.length - 1] === ']' || (host[last + 1] as string) <= '9') return host;
  const second = StringPrototypeLastIndexOf(host, '.', last - 1);
  if (second <= 0) return host;
  if (last - second > 4 || host.length - last > 3) return StringPrototypeSlice(host, second + 1);
  const third = StringPrototypeLastIndexOf(host, '.', second - 1);
  return StringPrototypeSlice(host, third + 1);
}

export interface Drift {
  readonly level: Level;
  readonly name: 'new_kind' | 'new_destination' | 'late_novelty' | 'new_trait';
  readonly says: string;
}

const NEW_TRAIT: Drift = { level: 'LOG', name: 'new_trait', says: 'does something its baseline does not show' };

const NEW_DESTINATION: Drift = {
  level: 'WARN',
  name: 'new_destination',
  says: 'talks to a destination it has no business with so far',
};

/* A lock that was learned without an installation knows no script of the same version either. */
const NEW_INSTALL_SCRIPT: Drift = {
  level: 'WARN',
  name: 'new_kind',
  says: 'runs a script at its installation, which the version before did not',
};

/* A host outside every known domain, for a package that knows few. */
function isNewDestination(deed: Deed, principal: Principal, habits: Habits | undefined): boolean {
  if (habits === undefined || habits.domains.size === 0 || isDeputy(principal.name)) return false;
  const kind = noveltyClassOf(deed);
  if (kind !== 'network' && kind !== 'suspicious-host') return false;
  const host = hostOf(deed.behavior.act.target);
  if (habits.hosts.has(host) || habits.domains.has(domainOf(host))) return false;
  return kind === 'suspicious-host' || habits.domains.size <= FEW_HOSTS;
}

/**
 * What a deed against a settled baseline is worth by itself. `isRoleWork`: everyday work of the role, or done for
 * others; `kinds`: the kinds it has shown in this process before, known ones included.
 */
export function driftOf(
  deed: Deed,
  principal: Principal,
  habits: Habits | undefined,
  kinds: ReadonlySet<NoveltyClass>,
  isRoleWork: boolean,
  isDirect: boolean,
  age: number,
): Drift {
  // The application's own changes are its owner's, and an indirect caller has its say where the act was done.
  if (principal.kind === 'app' || !isDirect) return NEW_TRAIT;
  if (deed.behavior.act.installs !== undefined) return habits?.ofOlderVersion === true ? NEW_INSTALL_SCRIPT : NEW_TRAIT;
  const isFar = isNewDestination(deed, principal, habits);
  // Who connects for a living, but chooses the destination itself (a wallet, a cloud client), has few of them.
  if (isRoleWork) return isFar && !isDeputy(principal.name) ? NEW_DESTINATION : NEW_TRAIT;
  const kind = noveltyClassOf(deed);
  const isFirst = !kinds.has(kind) && habits?.kinds.has(kind) !== true && !implied(kind, kinds, habits);
  if (isFirst) {
    const row = FIRST_OF_KIND[kind];
    if (row !== undefined) return { level: row.level, name: 'new_kind', says: row.says };
  }
  if (kind === 'powerful-import' && REMARKABLE_IMPORTS[deed.behavior.resource.target] === true) {
    return { level: 'WARN', name: 'new_kind', says: 'never imported such a module before' };
  }
  if (isFar) return NEW_DESTINATION;
  if (LATE_KINDS[kind] === true && age >= LATE_AFTER * 1000) {
    return { level: 'WARN', name: 'late_novelty', says: 'began something new long after it was started' };
  }
  return NEW_TRAIT;
}

/* Who connects may look up names, who runs a shell is known to start programs. */
function implied(kind: NoveltyClass, kinds: ReadonlySet<NoveltyClass>, habits: Habits | undefined): boolean {
  const has = (other: NoveltyClass): boolean => kinds.has(other) || habits?.kinds.has(other) === true;
  if (kind === 'dns') return has('network');
  if (kind === 'program') return has('shell');
  return false;
}
