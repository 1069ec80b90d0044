import type { Deed, Resource } from '../behavior.ts';
import {
  RegExpPrototypeExec,
  SafeSet,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeSplit,
  StringPrototypeStartsWith,
  StringPrototypeToLowerCase,
} from '../primordials.ts';
import { DistinctCounter } from './distinct-counter.ts';
import { everydayWork } from './excuses.ts';
import type { Levels, Rule } from './rule.ts';
import { SIGN } from './sign-bits.ts';
import {
  BURST_WINDOW,
  DELETES_ALERT,
  DELETES_WARN,
  DOCUMENTS_ALERT,
  HOME_CHANGES_ALERT,
  HOME_CHANGES_WARN,
  HOSTS_WARN,
  NAMES_WARN,
  PRIVATE_HOSTS_WARN,
  SPAWNS_ALERT,
  SPAWNS_WARN,
  WRITES_WARN,
} from './thresholds.ts';
import { targetOf } from './trail.ts';

const pattern = 'resource_abuse';

/** Abuse that one act shows. Bursts are rows of their own below. */
export const RESOURCE_ABUSE: readonly Rule[] = [
  {
    name: 'mining',
    pattern,
    description: "A package reaches a mining pool or starts a miner: the machine's time is stolen.",
    reference: ['T1496.001'],
    windowSeconds: 1,
    sequence: [{ signs: SIGN.MINER, unreviewed: true }],
    level: { novel: 'ALERT', first: 'ALERT', appNovel: 'ALERT', appFirst: 'WARN' },
    says: 'reached a mining pool or started a miner ({0})',
  },
  {
    name: 'destructive_command',
    pattern,
    description: 'A child process destroys a home folder, a root or a disk.',
    reference: ['T1485', 'T1561'],
    windowSeconds: 1,
    sequence: [{ signs: SIGN.DESTROY, unreviewed: true }],
    level: { novel: 'ALERT', first: 'ALERT', appNovel: 'ALERT', appFirst: 'WARN' },
    says: 'ran a command that destroys files ({0})',
  },
];

/** One kind of burst: what counts, what is counted, from where on it is too much. */
export interface Burst {
  readonly name: string;
  readonly description: string;
  readonly reference: readonly string[];
  readonly counts: (deed: Deed) => boolean;
  /** Distinct targets, or every act. */
  readonly distinct: boolean;
  /** What is told apart; by default the target. */
  readonly target?: (deed: Deed) => string;
  readonly steps: readonly { readonly from: number; readonly level: Levels }[];
  readonly says: string;
}

/* Where one program keeps its settings and its state: XDG base directories, and those of macOS and Windows. */
const STATE_FOLDER =
  /^.*?\/(?:\.config|\.local\/(?:share|state)|Library\/(?:Application Support|Preferences)|AppData\/(?:Roaming|Local))\/[^/]+\//;

/* Who saves its settings again and again, each time by a new file that takes the place of the old, changes one thing. */
function stateFolderOrTarget(deed: Deed): string {
  const target = targetOf(deed);
  if (deed.behavior.act.operation !== 'write') return target;
  return RegExpPrototypeExec(STATE_FOLDER, target)?.[0] ?? target;
}

/* Everyday places for many files: nobody misses what is lost there. */
function isThrowaway(resource: Resource): boolean {
  // The target, not the path: where a home lies as a whole does not make its files throwaway.
  const { resourceClass, target, path } = resource;
  if (resourceClass === 'tmp' || resourceClass === 'cache' || resourceClass === 'device') return true;
  if (StringPrototypeIncludes(target, '/.cache/') || StringPrototypeIncludes(target, '/Caches/')) return true;
  return StringPrototypeIncludes(path, '/node_modules/.');
}

/* Its own folder, and for whoever installs packages the folders of packages. */
function isPackageFolder(resource: Resource): boolean {
  return resource.resourceClass === 'package' || resource.resourceClass === 'self';
}

function isChange(deed: Deed, operation: string): boolean {
  const { act, resource } = deed.behavior;
  return act.sense === 'fs' && act.operation === operation && !isThrowaway(resource) && !isPackageFolder(resource);
}

/* A whole tree in one call: the home directory, a directory right below it, a root. */
function isWholeTree(deed: Deed): boolean {
  const { act, resource } = deed.behavior;
  if (act.sense !== 'fs' || act.operation !== 'delete') return false;
  const { target } = resource;
  if (target === '<home>' || target === '<app>' || target === '/' || target === '<home>/**' || target === '<home>/*')
    return true;
  return (
    resource.resourceClass === 'home' &&
    StringPrototypeSplit(target, '/').length === 2 &&
    !StringPrototypeIncludes(target, '.')
  );
}

/* Where desktop systems tell people to keep their work (XDG user directories, macOS, Windows). */
const DOCUMENT_FOLDERS = new SafeSet([
  'desktop',
  'documents',
  'downloads',
  'music',
  'movies',
  'pictures',
  'videos',
  'public',
  'onedrive',
  'dropbox',
  'icloud drive',
  'google drive',
]);

function isUserDocument(deed: Deed): boolean {
  const { target, resourceClass } = deed.behavior.resource;
  if (resourceClass !== 'home' || (!isChange(deed, 'delete') && !isChange(deed, 'write'))) return false;
  if (!StringPrototypeStartsWith(target, '<home>/')) return false;
  const slash = StringPrototypeIndexOf(target, '/', 7);
  return slash > 0 && DOCUMENT_FOLDERS.has(StringPrototypeToLowerCase(StringPrototypeSlice(target, 7, slash)));
}

const always: Levels = { novel: 'ALERT', first: 'ALERT', appNovel: 'WARN', appFirst: 'LOG' };
const warn: Levels = { novel: 'WARN', first: 'WARN', appNovel: 'LOG' };

export const BURSTS: readonly Burst[] = [
  {
    name: 'tree_deletion',
    description: "A package deletes a whole tree of the user's files.",
    reference: ['T1485'],
    counts: isWholeTree,
    distinct: true,
    steps: [{ from: 1, level: { novel: 'ALERT', first: 'WARN', appNovel: 'LOG' } }],
    says: "deleted a whole tree of the user's files",
  },
  {
    name: 'mass_deletion',
    description: 'A package deletes many files that are not its own.',
    reference: ['T1485'],
    counts: (deed) => isChange(deed, 'delete'),
    distinct: true,
    steps: [
      { from: DELETES_WARN, level: { novel: 'WARN', first: 'LOG' } },
      { from: DELETES_ALERT, level: { novel: 'ALERT', first: 'WARN', appNovel: 'LOG' } },
    ],
    says: 'deleted about {n} files that are not its own within a minute',
  },
  {
    name: 'home_wipe',
    description: "A package deletes or overwrites many of the user's files.",
    reference: ['T1485', 'T1486'],
    counts: (deed) =>
      deed.behavior.resource.resourceClass === 'home' && (isChange(deed, 'delete') || isChange(deed, 'write')),
    distinct: true,
    target: stateFolderOrTarget,
    steps: [
      { from: HOME_CHANGES_WARN, level: { novel: 'WARN', first: 'WARN', appNovel: 'LOG' } },
      { from: HOME_CHANGES_ALERT, level: { novel: 'ALERT', first: 'ALERT', appNovel: 'WARN', appFirst: 'LOG' } },
    ],
    says: "changed about {n} files in the user's home within a minute",
  },
  {
    name: 'user_documents',
    description: 'A package changes files in the folders in which a person keeps documents.',
    reference: ['T1485', 'T1486', 'T1491.001'],
    counts: isUserDocument,
    distinct: true,
    steps: [
      { from: 1, level: warn },
      { from: DOCUMENTS_ALERT, level: { novel: 'ALERT', first: 'WARN', appNovel: 'LOG' } },
    ],
    says: "changed {n} of the user's own documents within a minute",
  },
  {
    name: 'mass_writing',
    description: 'A package writes very many files that are not its own.',
    reference: ['T1485', 'T1499.003'],
    counts: (deed) => isChange(deed, 'write'),
    distinct: true,
    steps: [{ from: WRITES_WARN, level: { novel: 'WARN', first: 'LOG' } }],
    says: 'wrote about {n} files that are not its own within a minute',
  },
  {
    name: 'connection_burst',
    description: 'A package connects to very many destinations.',
    reference: ['T1496.002', 'T1498'],
    counts: ({ behavior }) => behavior.act.sense === 'net' && behavior.act.operation === 'connect',
    distinct: true,
    steps: [{ from: HOSTS_WARN, level: { novel: 'WARN', first: 'LOG' } }],
    says: 'connected to about {n} destinations within a minute',
  },
  {
    name: 'local_network_scan',
    description: 'A package looks around the local network.',
    reference: ['T1046'],
    counts: ({ behavior }) =>
      behavior.act.sense === 'net' &&
      behavior.act.operation === 'connect' &&
      (behavior.resource.resourceClass === 'private' || behavior.resource.resourceClass === 'private-ip'),
    distinct: true,
    steps: [{ from: PRIVATE_HOSTS_WARN, level: warn }],
    says: 'connected to about {n} addresses of the local network within a minute',
  },
  {
    name: 'lookup_burst',
    description: 'A package looks up very many names.',
    reference: ['T1568.002', 'T1071.004'],
    counts: ({ behavior }) => behavior.act.sense === 'net' && behavior.act.operation === 'dns',
    distinct: true,
    steps: [{ from: NAMES_WARN, level: { novel: 'WARN', first: 'LOG' } }],
    says: 'looked up about {n} names within a minute',
  },
  {
    name: 'process_burst',
    description: 'A package starts very many programs.',
    reference: ['T1499.003'],
    counts: ({ behavior }) => behavior.act.sense === 'process',
    distinct: false,
    steps: [
      { from: SPAWNS_WARN, level: { novel: 'WARN', first: 'LOG' } },
      { from: SPAWNS_ALERT, level: always },
    ],
    says: 'started {n} programs within a minute',
  },
];

export interface BurstHit {
  readonly burst: Burst;
  readonly levels: Levels;
  readonly count: number;
}

/** The counters of one principal; made when the first countable deed comes. */
export class BurstCounters {
  private readonly counters: (DistinctCounter | undefined)[] = [];

  /** The heaviest burst that the deed completes, if any. Known deeds count only together with unreviewed ones. */
  observe(deed: Deed, mask: number): BurstHit | undefined {
    let hit: BurstHit | undefined;
    for (let i = 0; i < BURSTS.length; i++) {
      if ((mask & (1 << i)) === 0) continue;
      const burst = BURSTS[i] as Burst;
      let counter = this.counters[i];
      if (counter === undefined) {
        counter = new DistinctCounter();
        this.counters[i] = counter;
      }
      counter.add((burst.target ?? targetOf)(deed), deed.time, BURST_WINDOW * 1000);
      // Linear counting is off by a few per cent: a threshold of one is meant exactly.
      const count = burst.distinct && counter.total > 8 ? counter.distinct : counter.total;
      for (let j = 0; j < burst.steps.length; j++) {
        const step = burst.steps[j] as Burst['steps'][number];
        if (count >= step.from) hit = { burst, levels: step.level, count };
      }
    }
    return hit;
  }
}

/** Which counters a deed belongs to; 0 for most. */
export function burstsOf(deed: Deed): number {
  const { sense, operation } = deed.behavior.act;
  if (sense === 'fs') {
    if (operation !== 'write' && operation !== 'delete') return 0;
  } else if (sense !== 'net' && sense !== 'process') return 0;
  let mask = 0;
  for (let i = 0; i < BURSTS.length; i++) if ((BURSTS[i] as Burst).counts(deed)) mask |= 1 << i;
  return mask;
}

/** Bursts are excused where many acts are the trade: package managers, bundlers, test runners, process runners. */
export const BURST_EXCUSE = everydayWork;
