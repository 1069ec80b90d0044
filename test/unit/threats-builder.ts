import { conversationOf } from '../../src/agents/conversations.ts';
import type { ToolCall } from '../../src/attribution/tool-call.ts';
import type {
  Act,
  Behavior,
  CarriedSecret,
  Chain,
  Deed,
  Principal,
  Resource,
  Sensitivity,
  Standing,
} from '../../src/behavior.ts';
import { createClassifier } from '../../src/classification/classifier.ts';
import { LEVELS, type Level } from '../../src/response/finding.ts';
import { createThreatEngine, type ThreatEngineOptions, type ThreatMatch } from '../../src/threats/engine.ts';
import { isDeputy, isOrdinaryDeed } from '../../src/threats/knowledge.ts';
import { createVoltageField } from '../../src/voltage/voltage-field.ts';

/* Deeds in one line each, for tables of sequences. Resources are written down, not classified: these tests are about
   sequences, and must not change with a table of file names. */

export interface What {
  readonly act: Act;
  readonly resource: Resource;
  readonly trait: string;
  /** The trait as each principal has it; `undefined`: everybody may. Without it all share `trait`. */
  readonly traitOf?: (who: Principal) => string | undefined;
  /** Done by code that the nearest member made from text. */
  readonly byText?: boolean;
  /** The request carries a secret from there. */
  readonly carried?: CarriedSecret;
  /** Done while the nearest member is being loaded. */
  readonly atLoad?: boolean;
}

/** The same, with a secret in a header. */
export const carrying = (one: What, family: string, setting = ''): What => ({
  ...one,
  carried: { from: setting === '' ? '<app>/a-file' : setting, family, setting, where: 'the header x-trace' },
});

/** The same, while its code is being loaded. */
export const atLoad = (one: What): What => ({ ...one, atLoad: true });

/** The same, by code made from text. */
export const byText = (one: What): What => ({ ...one, byText: true });
/** The same, by a program that outlives its parent. */
export const detached = (one: What): What => ({ ...one, act: { ...one.act, detached: true } });

function what(
  sense: Act['sense'],
  operation: string,
  target: string,
  resourceClass: string,
  sensitivity?: Sensitivity,
  family?: string,
  more?: Partial<Act>,
): What {
  const mark = sensitivity === undefined ? '' : ` [${sensitivity}]`;
  const isFile = target.startsWith('/');
  return {
    act: { sense, operation, target, ...more },
    resource: {
      target,
      path: isFile ? target : '',
      resourceClass,
      sensitivity,
      family,
      risk: sensitivity === undefined && sense === 'fs' ? 'low' : 'high',
    },
    trait: sense === 'import' ? `import:${target}${mark}` : `${sense}.${operation}:${target}${mark}`,
  };
}

export const secret = (family = 'npm', path = `/home/u/.${family}`) =>
  what('fs', 'read', path, 'home', 'credential', family);
export const appSecret = (path = '/app/.env') => what('fs', 'read', path, 'app', 'credential', 'dotenv');
export const env = (name: string, family = name) => what('env', 'read', name, 'env', 'credential', family);
export const connect = (host: string, hostClass = 'public-host') => what('net', 'connect', host, hostClass);
export const metadata = () => what('net', 'connect', '169.254.169.254:80', 'metadata', 'metadata', 'aws');
export const post = (host: string): What =>
  what('net', 'connect', host, 'public-host', undefined, undefined, { sends: true });
export const dns = (host: string) => what('net', 'dns', host, 'public-host');
export const listen = (port = 3000) => what('net', 'listen', `*:${port}`, 'listen');
export const read = (path: string, place = 'app') => what('fs', 'read', path, place);
export const write = (path: string, place = 'tmp', sensitivity?: Sensitivity) =>
  what('fs', 'write', path, place, sensitivity);
export const remove = (path: string, place = 'home') => what('fs', 'delete', path, place);
export const chmod = (path: string, place = 'tmp') => what('fs', 'chmod', path, place);
export const spawn = (program: string, argv: string[] = [], programClass = 'program') =>
  what('process', 'spawn', program, programClass, undefined, undefined, { argv });
export const shell = (command: string) =>
  what('process', 'spawn', 'sh', 'shell', 'shell', undefined, { argv: ['-c', command], shell: true });
export const evaluate = () => what('code', 'eval', 'eval', 'code');
export const load = (specifier: string, place = 'builtin') => what('import', 'load', specifier, place);
export const dlopen = (path: string, place = 'package') => what('native', 'dlopen', path, place, 'native');

const classifier = createClassifier({
  app: '/app',
  home: '/home/u',
  tmp: ['/tmp'],
  user: 'u',
  platform: 'linux',
  self: ['/app/diogenesis.lock.json'],
});

/** An act as the classification understands it: for what depends on its tables. */
export function real(sense: Act['sense'], operation: string, target: string, more?: Partial<Act>): What {
  const act: Act = { sense, operation, target, ...more };
  const resource = classifier.classify(act);
  return {
    act,
    resource,
    trait: `${sense}.${operation}:${target}`,
    traitOf: (who) => classifier.traitOf(act, resource, who),
  };
}

const NONE: ReadonlySet<string> = new Set();
/* What the application's package.json names. */
const DECLARED: ReadonlySet<string> = new Set(['declared']);
const principals = new Map<string, Principal>();

export function principal(key: string): Principal {
  let found = principals.get(key);
  if (found !== undefined) return found;
  const at = key.lastIndexOf('@');
  if (key.startsWith('<')) {
    const kind = key === '<app>' ? 'app' : 'unattributed';
    const isApp = kind === 'app';
    found = { key, kind, name: key, version: '', root: isApp ? '/app' : '', dependencies: isApp ? DECLARED : NONE };
  } else if (key.startsWith('tool:')) {
    found = { key, kind: 'tool', name: key, version: '', root: '', dependencies: NONE };
  } else {
    const name = key.slice(0, at);
    found = {
      key,
      kind: 'package',
      name,
      version: key.slice(at + 1),
      root: `/app/node_modules/${name}`,
      dependencies: NONE,
    };
  }
  principals.set(key, found);
  return found;
}

const chains = new Map<string, Chain>();
/** `evil ← lib ← <app>`; owners pass through deputies, as in attribution/. */
export function chain(keys: readonly string[]): Chain {
  const id = keys.join(' ');
  let found = chains.get(id);
  if (found === undefined) {
    const members = keys.map(principal);
    const owners: Principal[] = [];
    for (const member of members) {
      owners.push(member);
      if (member.kind !== 'package' || !isDeputy(member.name)) break;
    }
    // Whatever happens beneath a tool is the tool's own doing as well.
    const last = members.at(-1);
    if (last?.kind === 'tool' && !owners.includes(last)) owners.push(last);
    found = { id: chains.size + 1, members, owners, involved: members, behind: [], source: 'stack' };
    chains.set(id, found);
  }
  return found;
}

export interface WorldOptions extends ThreatEngineOptions {
  /** Traits of settled baselines by package key; everybody else is met for the first time. */
  readonly baselines?: Readonly<Record<string, readonly string[]>>;
  /** Traits that one session showed of the version before, by the key of the version that acts. */
  readonly before?: Readonly<Record<string, readonly string[]>>;
}

/** Plays acts to a whole engine with voltage, the way the immune system does, and keeps what was matched. */
export class World {
  now = 1_700_000_000_000;
  readonly matches: (ThreatMatch & { readonly principal: string })[] = [];
  /** Matches of whoever answered, repeats left out. */
  readonly findings: (ThreatMatch & { readonly principal: string })[] = [];
  readonly errors: string[] = [];
  private call: ToolCall | undefined;
  readonly engine;
  readonly voltage;
  private readonly known = new Map<string, Set<string>>();
  private readonly baselines: Readonly<Record<string, readonly string[]>>;

  constructor(options: WorldOptions = {}) {
    this.baselines = options.baselines ?? {};
    const baselineOf = (who: Principal) => {
      const traits = this.baselines[who.key];
      if (traits !== undefined) return { state: 'stable' as const, traits };
      const before = options.before?.[who.key];
      return before === undefined ? undefined : { state: 'learning' as const, traits: before, ofOlderVersion: true };
    };
    this.engine = createThreatEngine({
      baselineOf,
      onPatternError: (name, error) => this.errors.push(`${name}: ${error}`),
      ...options,
    });
    this.voltage = createVoltageField({ baselineOf, isOrdinary: isOrdinaryDeed });
  }

  /** The chain, nearest first, does these things, a second apart. Answers the matches of the last one. */
  does(keys: string | readonly string[], ...acts: readonly What[]): ThreatMatch[] {
    const members = chain(typeof keys === 'string' ? [keys, '<app>'] : keys);
    let last: ThreatMatch[] = [];
    for (const one of acts) {
      this.now += 1000;
      last = [];
      const behavior: Behavior = {
        act: one.act,
        resource: one.resource,
        chain: members,
        principal: members.members[0] as Principal,
        trait: one.trait,
        call: this.call,
        textBy: one.byText === true ? members.members[0] : undefined,
        loading: one.atLoad === true ? members.members[0] : undefined,
        time: this.now,
        carried: one.carried,
        assessment: undefined,
      };
      // As in the immune system: who is no owner shares the standing of the owners.
      let ofOwners: Standing = 'known';
      let answering: { rank: number; surprise: number; key: string; matches: readonly ThreatMatch[] } | undefined;
      for (const who of members.involved) {
        const trait = one.traitOf === undefined ? one.trait : one.traitOf(who);
        if (trait === undefined) continue;
        let standing = this.standing(who, trait);
        if (members.owners.includes(who)) {
          if (standing !== 'known') ofOwners = standing;
        } else if (standing !== 'known') standing = ofOwners;
        const deed: Deed = { behavior, principal: who, trait, standing, time: this.now };
        const surprise = this.voltage.surprise(deed);
        const voltage = this.voltage.observe(deed);
        const matches = this.engine.observe(deed, voltage);
        for (const match of matches) {
          last.push(match);
          this.matches.push({ ...match, principal: who.key });
        }
        const rank = Math.max(-1, ...matches.map((match) => LEVELS.indexOf(match.level)));
        if (
          answering === undefined ||
          rank > answering.rank ||
          (rank === answering.rank && surprise > answering.surprise)
        ) {
          answering = { rank, surprise, key: who.key, matches };
        }
      }
      // The most severe answers, then the most surprising, then the nearest.
      for (const match of answering?.matches ?? []) {
        if (match.isRepeat) continue;
        this.engine.raised(match, answering?.key ?? '', this.now);
        this.findings.push({ ...match, principal: answering?.key ?? '' });
      }
      if (one.resource.sensitivity === undefined) {
        for (const who of members.owners) {
          const trait = one.traitOf === undefined ? one.trait : one.traitOf(who);
          if (trait !== undefined) this.knownTo(who).add(trait);
        }
      }
    }
    return last;
  }

  /** What follows is done by this execution of a tool, which answers something when it has ended. */
  calls(name: string, given?: unknown, conversation = 'conversation-1', answer?: unknown): this {
    this.call = {
      tool: principal(`tool:${name}`),
      agent: undefined,
      conversation,
      group: undefined,
      given: { value: given },
      returned: () => answer,
    };
    conversationOf(this.call)?.count(this.call, this.now);
    return this;
  }

  waits(seconds: number): this {
    this.now += seconds * 1000;
    return this;
  }

  /** Highest level raised against a principal (everybody without one), repeats left out; `none` for silence. */
  level(key?: string): Level | 'none' {
    const order: (Level | 'none')[] = ['none', 'LOG', 'WARN', 'ALERT'];
    let top = 0;
    for (const match of this.matches) {
      if (key !== undefined && match.principal !== key) continue;
      top = Math.max(top, order.indexOf(match.level));
    }
    return order[top] as Level | 'none';
  }

  rules(key?: string): string[] {
    const names = this.matches.filter((match) => key === undefined || match.principal === key);
    return [...new Set(names.map((match) => match.rule.name))];
  }

  private standing(who: Principal, trait: string): Standing {
    if (this.knownTo(who).has(trait)) return 'known';
    const baseline = this.baselines[who.key];
    if (baseline === undefined) return 'unbaselined';
    return baseline.includes(trait) ? 'known' : 'novel';
  }

  private knownTo(who: Principal): Set<string> {
    let set = this.known.get(who.key);
    if (set === undefined) {
      set = new Set();
      this.known.set(who.key, set);
    }
    return set;
  }
}
