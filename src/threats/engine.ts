import type { CarriedSecret, Chain, Deed, Principal, Standing } from '../behavior.ts';
import { forgetHabits, forgetRoutines } from '../habituation.ts';
import { MathMax, SafeMap, SafeSet } from '../primordials.ts';
import type { FindingStep, Level } from '../response/finding.ts';
import { severityOf } from '../response/finding.ts';
import type { BaselineView } from '../voltage/baseline-view.ts';
import { BoundedMap } from '../voltage/bounded-map.ts';
import { type NoveltyClass, noveltyClassOf } from '../voltage/novelty-class.ts';
import { type AgentProposal, proposeForTool } from './agent-abuse.ts';
import { AGENT_RULES } from './agent-rules.ts';
import { driftOf, type Habits, habitsOf } from './behavioral-drift.ts';
import { type CompiledPattern, type CustomPattern, compilePattern } from './custom-pattern.ts';
import { CustomPatterns, type PatternProgress } from './custom-patterns.ts';
import { Drops } from './drops.ts';
import { Incident, type IncidentSummary } from './incident.ts';
import { isDirect, isOrdinaryDeed } from './knowledge.ts';
import { RULES } from './registry.ts';
import { BurstCounters, burstsOf } from './resource-abuse.ts';
import type { Excuse, Levels, MatchContext, Rule, Step } from './rule.ts';
import { SIGN } from './sign-bits.ts';
import { signsOf } from './signs.ts';
import { DRIFT_BELOW, DRIFT_REARM, EXFILTRATION_WINDOW, MAX_CUSTOM, MAX_FRESH, MAX_SUSPECTS } from './thresholds.ts';
import { type Note, stronger, Trail, targetOf } from './trail.ts';

export type { CustomPattern } from './custom-pattern.ts';
export type { IncidentSummary } from './incident.ts';

/** A rule that holds. */
export interface ThreatMatch {
  /** One of the five patterns, or the name of a custom one. */
  readonly pattern: string;
  readonly rule: { readonly name: string; readonly description: string; readonly reference: readonly string[] };
  readonly level: Level;
  /** One sentence for a person. */
  readonly reason: string;
  /** Oldest first, the deed itself last. */
  readonly steps: readonly FindingStep[];
  /** 0..1: how sure the rule is that this is no honest work. */
  readonly certainty: number;
  /** Who to name: the principal, or, where the application only called two packages in turn, who took the secret. */
  readonly culprit: Principal;
  /** Which incident of the principal it belongs to. */
  readonly incident: string;
  /** The incident has said this, or worse, already: refuse the act if blocking, but raise no further finding. */
  readonly isRepeat: boolean;
}

export interface PatternInfo {
  readonly name: string;
  readonly pattern: string;
  readonly description: string;
  readonly reference: readonly string[];
  readonly level: Level;
  readonly custom: boolean;
}

export interface ThreatEngineOptions {
  /** What the lock file holds a principal to; asked once per principal. Only drift needs it. */
  baselineOf?: (principal: Principal) => BaselineView | undefined;
  /** The package whose lifecycle script this process runs. */
  installing?: Principal | undefined;
  /** A custom pattern threw and is switched off. Called once a pattern. */
  onPatternError?: (name: string, error: unknown) => void;
}

export interface ThreatEngine {
  /** Weighs one deed. `voltage` is that of its principal after the deed. Never throws. Usually answers the same empty array. */
  observe(deed: Deed, voltage: number): readonly ThreatMatch[];
  /** @throws TypeError with one clear line when the pattern is malformed, or there are too many. Same name: replaced. */
  addPattern(pattern: CustomPattern): void;
  patterns(): PatternInfo[];
  /** A custom pattern has a step for this trait: it must not be habituated. */
  isWatched(trait: string): boolean;
  /**
   * A finding was raised for this match of this principal: from now on its incident has said it. Without this call
   * nothing is ever a repeat. Matches of members that do not answer for the behavior must not be reported here.
   */
  raised(match: ThreatMatch, principalKey: string, time: number): void;
  /**
   * True for a while after a package took a secret with its own hands that is none of its business. Without a key: when
   * any package did. Then it is worth finding out on whose behalf others act.
   */
  tookSecret(time: number, principalKey?: string): boolean;
  /** Which kinds of secrets a package took, for the processes that it starts. */
  lootOf(principalKey: string, time: number): { readonly family: string; readonly isNovel: boolean }[];
  /** A process before this one took such a secret on behalf of this chain's nearest member. */
  inherit(chain: Chain, family: string, isNovel: boolean, time: number): void;
  /** The open or last incident of a principal. */
  incidentOf(principalKey: string): IncidentSummary | undefined;
  /** The baselines changed. */
  forgetBaselines(): void;
}

interface Suspect {
  readonly trail: Trail;
  readonly kinds: Set<NoveltyClass>;
  bursts: BurstCounters | undefined;
  /** Traits that count in bursts and were unreviewed when they were first seen here. */
  fresh: Map<string, Standing> | undefined;
  incident: Incident | undefined;
  custom: PatternProgress[] | undefined;
  habits: Habits | undefined;
  habitsKnown: boolean;
  readonly since: number;
  /** Voltage was low and has been told. */
  driftTold: boolean;
}

interface Proposal {
  readonly pattern: string;
  readonly rule: ThreatMatch['rule'];
  readonly level: Level;
  readonly reason: string;
  readonly notes: readonly Note[];
  readonly steps?: readonly FindingStep[];
  readonly standing: Standing;
}

const NOTHING: readonly ThreatMatch[] = Object.freeze([]);
const S = SIGN;
const TAKES_SECRET = S.SECRET | S.METADATA | S.CARRIED;

/** Rules as facts about packages and sequences of what they do. Holds a bounded memory per principal. */
export function createThreatEngine(options: ThreatEngineOptions = {}): ThreatEngine {
  const { baselineOf, installing, onPatternError } = options;
  const suspects = new BoundedMap<Suspect>(MAX_SUSPECTS, (suspect) => suspect.incident !== undefined);
  const drops = new Drops();
  const report = (name: string, error: unknown): void => {
    try {
      onPatternError?.(name, error);
    } catch {
      // Whoever listens to errors must not become one.
    }
  };
  const custom = new CustomPatterns(report);
  let incidents = 0;
  let lastSecret = Number.NEGATIVE_INFINITY;

  function suspectOf({ key }: Principal, time: number): Suspect {
    let suspect = suspects.get(key);
    if (suspect === undefined) {
      suspect = {
        trail: new Trail(),
        kinds: new SafeSet(),
        bursts: undefined,
        fresh: undefined,
        incident: undefined,
        custom: undefined,
        habits: undefined,
        habitsKnown: false,
        since: time,
        driftTold: false,
      };
      suspects.set(key, suspect);
    }
    return suspect;
  }

  function habitsFor(suspect: Suspect, principal: Principal): Habits | undefined {
    if (!suspect.habitsKnown) {
      suspect.habitsKnown = true;
      const baseline = baselineOf?.(principal);
      suspect.habits = baseline === undefined ? undefined : habitsOf(baseline);
    }
    return suspect.habits;
  }

  /* Files under way between packages: what is written after a secret was read, and who picks it up. */
  function followDrops(deed: Deed, suspect: Suspect | undefined, signs: number): number {
    const { act, resource } = deed.behavior;
    if (act.sense !== 'fs' || resource.path === '') return signs;
    if ((signs & (S.TEMP_WRITE | S.WRITE)) !== 0 && suspect !== undefined) {
      const secret = suspect.trail.latest(TAKES_SECRET, deed.time, 0, true, isUnusual);
      // The application is in every chain: what it hands on is its own affair.
      if (secret !== undefined && deed.principal.kind !== 'app') {
        drops.add(resource.path, deed.principal.key, secret.family, deed.time);
      }
      return signs;
    }
    if (act.operation === 'read' && deed.principal.kind !== 'app') {
      if (drops.taken(resource.path, deed.principal.key, deed.time) !== undefined) return signs | S.CARRIED;
    }
    return signs;
  }

  function noteOf(deed: Deed, suspect: Suspect, signs: number): Note {
    const known = suspect.trail.find(deed.trait, signs);
    if (known !== undefined) {
      known.signs |= signs;
      known.standing = stronger(known.standing, deed.standing);
      known.time = deed.time;
      known.target = targetOf(deed);
      // What was written stays in its file; what was sent is told once.
      if (deed.behavior.act.sense !== 'fs' || deed.behavior.carried !== undefined)
        known.carried = deed.behavior.carried;
      known.fromText ||= isFromText(deed);
      known.whileLoading ||= deed.behavior.loading === deed.principal;
      known.detached ||= deed.behavior.act.detached === true;
      if (deed.behavior.chain !== known.chain) {
        // The next deed of the other chain makes it that chain's again, known as it may be.
        forgetRoutines();
        known.chain = deed.behavior.chain;
        known.doer = deed.behavior.principal.key;
        known.direct = isDirect(deed);
        known.ordinary = isOrdinaryDeed(deed);
      }
      if (isLoot(known)) lastSecret = known.time;
      return known;
    }
    const note: Note = {
      trait: deed.trait,
      signs,
      standing: deed.standing,
      firstTime: deed.time,
      time: deed.time,
      family: deed.behavior.resource.family,
      place: deed.behavior.resource.resourceClass,
      target: targetOf(deed),
      doer: deed.behavior.principal.key,
      chain: deed.behavior.chain,
      direct: isDirect(deed),
      fromText: isFromText(deed),
      whileLoading: deed.behavior.loading === deed.principal,
      atInstall: installing !== undefined && deed.principal.key === installing.key,
      detached: deed.behavior.act.detached === true,
      carried: deed.behavior.carried,
      ordinary: isOrdinaryDeed(deed),
    };
    suspect.trail.add(note);
    if (isLoot(note)) lastSecret = note.time;
    return note;
  }

  function finish(deed: Deed, suspect: Suspect, proposals: Proposal[]): readonly ThreatMatch[] {
    if (proposals.length === 0) return NOTHING;
    // The heaviest of each pattern tells the story; lighter patterns are part of it.
    let top = -1;
    let isExplained = false;
    for (let i = 0; i < proposals.length; i++) top = MathMax(top, severityOf((proposals[i] as Proposal).level));
    for (let i = 0; i < proposals.length; i++) {
      const { level, pattern } = proposals[i] as Proposal;
      if (severityOf(level) === top && pattern !== 'behavioral_drift') isExplained = true;
    }
    const matches: ThreatMatch[] = [];
    const seen = new SafeSet<string>();
    if (suspect.incident?.isOver(deed.time) !== false) {
      suspect.incident = new Incident(`${deed.principal.key}#${++incidents}`, deed.time);
    }
    const { incident } = suspect;
    for (let i = 0; i < proposals.length; i++) {
      const { pattern, rule, level, reason, steps, notes, standing } = proposals[i] as Proposal;
      if (severityOf(level) < top || seen.has(pattern)) continue;
      // Drift says that something is new; when a rule says what it is, that is enough.
      if (isExplained && pattern === 'behavioral_drift') continue;
      seen.add(pattern);
      const isRepeat = !incident.isNews(pattern, rule.name, level);
      if (isRepeat) incident.touch(deed.time);
      matches[matches.length] = {
        pattern,
        rule: { name: rule.name, description: rule.description, reference: rule.reference },
        level,
        reason,
        steps: steps ?? stepsOf(notes),
        certainty: certaintyOf(standing, notes, level),
        culprit: culpritOf(deed, notes),
        incident: incident.id,
        isRepeat,
      };
    }
    return matches;
  }

  function weigh(deed: Deed, voltage: number): readonly ThreatMatch[] {
    let signs = signsOf(deed);
    const bursts = burstsOf(deed);
    const watched = custom.size > 0 && custom.isWatched(deed.trait);
    const isKnown = deed.standing === 'known';
    const isTool = deed.principal.kind === 'tool';
    if (signs === 0 && bursts === 0 && isKnown && !watched && drops.isEmpty && !isTool) return NOTHING;

    const suspect = suspectOf(deed.principal, deed.time);
    signs = followDrops(deed, suspect, signs);
    const proposals: Proposal[] = [];
    // First: among equals of one pattern the rule that knows the agent's side tells more.
    if (isTool) proposeForAgent(deed, suspect, signs, proposals);
    let ordinary = false;
    if (signs !== 0) {
      const note = noteOf(deed, suspect, signs);
      ({ ordinary } = note);
      for (let i = 0; i < RULES.length; i++) {
        const rule = RULES[i] as Rule;
        const last = rule.sequence[rule.sequence.length - 1] as Step;
        if ((signs & last.signs) !== 0) propose(rule, deed, note, suspect.trail, proposals);
      }
    } else if (!isKnown || bursts !== 0) ordinary = isOrdinaryDeed(deed);
    if (bursts !== 0) proposeBurst(deed, suspect, bursts, ordinary, proposals);
    if (watched) proposeCustom(deed, suspect, proposals);
    if (!isKnown) proposeDrift(deed, suspect, ordinary, proposals);
    if (voltage >= DRIFT_REARM) suspect.driftTold = false;
    else if (!isKnown && voltage < DRIFT_BELOW) proposeAccumulated(deed, suspect, voltage, proposals);
    if (!isKnown) suspect.kinds.add(noveltyClassOf(deed));
    return finish(deed, suspect, proposals);
  }

  function proposeForAgent(deed: Deed, suspect: Suspect, signs: number, proposals: Proposal[]): void {
    const habits = habitsFor(suspect, deed.principal);
    const found = proposeForTool(deed, signs, habits, baselineOf?.(deed.principal));
    for (let i = 0; i < found.length; i++) {
      const { rule, level, reason, steps } = found[i] as AgentProposal;
      const { pattern } = rule;
      proposals[proposals.length] = { pattern, rule, level, reason, notes: [], steps, standing: deed.standing };
    }
  }

  function proposeBurst(deed: Deed, suspect: Suspect, mask: number, ordinary: boolean, proposals: Proposal[]): void {
    suspect.bursts ??= new BurstCounters();
    const hit = suspect.bursts.observe(deed, mask);
    // What this process learned a moment ago is not reviewed.
    const standing = stronger(deed.standing, suspect.fresh?.get(deed.trait) ?? 'known');
    if (standing !== 'known' && deed.standing !== 'known') {
      suspect.fresh ??= new SafeMap();
      if (suspect.fresh.size < MAX_FRESH) suspect.fresh.set(deed.trait, standing);
    }
    // What the baseline shows one by one it may do often; who does it for a living may too.
    if (hit === undefined || ordinary || standing === 'known') return;
    // A tool is the application's own code: without a baseline many files are its everyday work.
    const isNewTool = deed.principal.kind === 'tool' && standing !== 'novel';
    const level = isNewTool ? hit.levels.appFirst : levelFor(hit.levels, deed.principal, standing);
    if (level === undefined) return;
    const { name, description, reference, says } = hit.burst;
    proposals[proposals.length] = {
      pattern: 'resource_abuse',
      rule: { name, description, reference },
      level,
      reason: `${deed.principal.key} ${fill(says, [], (hit.count + 0.5) | 0)}`,
      notes: [],
      steps: [{ time: deed.time, principal: deed.behavior.principal.key, trait: deed.trait }],
      standing,
    };
  }

  function proposeCustom(deed: Deed, suspect: Suspect, proposals: Proposal[]): void {
    suspect.custom ??= [];
    const hits = custom.observe(deed, suspect.custom);
    for (let i = 0; i < hits.length; i++) {
      const { pattern, steps } = hits[i] as { pattern: CompiledPattern; steps: FindingStep[] };
      proposals[proposals.length] = {
        pattern: pattern.name,
        rule: pattern.rule,
        level: pattern.level,
        reason: `${deed.principal.key} did what the pattern ${pattern.name} describes`,
        notes: [],
        steps,
        standing: deed.standing,
      };
    }
  }

  function proposeDrift(deed: Deed, suspect: Suspect, ordinary: boolean, proposals: Proposal[]): void {
    const habits = habitsFor(suspect, deed.principal);
    const isSettled = deed.standing === 'novel';
    if (!isSettled && !(habits?.isLearning === true && habits.ofOlderVersion)) return;
    const age = deed.time - suspect.since;
    const drift = driftOf(deed, deed.principal, habits, suspect.kinds, ordinary, isDirect(deed), age);
    // What learning has not shown yet is expected; a new version that begins a dangerous kind of thing is not.
    if (!isSettled && (drift.name === 'new_trait' || drift.name === 'late_novelty')) return;
    proposals[proposals.length] = {
      pattern: 'behavioral_drift',
      rule: DRIFT_RULES[drift.name],
      level: drift.level,
      reason: `${deed.principal.key} ${drift.says} (${deed.trait})`,
      notes: [],
      steps: [{ time: deed.time, principal: deed.behavior.principal.key, trait: deed.trait }],
      standing: deed.standing,
    };
  }

  /* Nothing single stands out, but together it is too much. */
  function proposeAccumulated(deed: Deed, suspect: Suspect, voltage: number, proposals: Proposal[]): void {
    // What is new to the application as a whole is told by whoever does it.
    if (suspect.driftTold || deed.principal.kind === 'app') return;
    suspect.driftTold = true;
    proposals[proposals.length] = {
      pattern: 'behavioral_drift',
      rule: DRIFT_RULES.accumulated,
      level: 'WARN',
      reason: `${deed.principal.key} did so much that is new to it that its voltage fell to ${((voltage * 100 + 0.5) | 0) / 100}`,
      notes: [],
      steps: [{ time: deed.time, principal: deed.behavior.principal.key, trait: deed.trait }],
      standing: deed.standing,
    };
  }

  return {
    observe(deed, voltage) {
      try {
        return weigh(deed, voltage);
      } catch (error) {
        // A mistake of ours must not become the host's.
        report('engine', error);
        return NOTHING;
      }
    },
    addPattern(pattern) {
      const compiled = compilePattern(pattern);
      if (custom.size >= MAX_CUSTOM && !custom.has(compiled.name)) {
        throw new TypeError(`pattern "${compiled.name}": there are ${MAX_CUSTOM} custom patterns already`);
      }
      for (let i = 0; i < RULES.length; i++) {
        const { name, pattern: builtIn } = RULES[i] as Rule;
        if (compiled.name === name || compiled.name === builtIn) {
          throw new TypeError(`pattern "${compiled.name}": the name belongs to a built-in pattern`);
        }
      }
      custom.add(compiled);
      forgetHabits();
      // Progress is kept by position; a changed list starts anew.
      suspects.forEach((suspect) => {
        suspect.custom = undefined;
      });
    },
    patterns() {
      const all: PatternInfo[] = [];
      for (const { name, pattern, description, reference, level } of RULES) {
        all.push({ name, pattern, description, reference, level: highest(level), custom: false });
      }
      for (const { name, pattern, description, reference, level } of Object.values(AGENT_RULES)) {
        all.push({ name, pattern, description, reference, level: level.novel, custom: false });
      }
      for (const { name, rule, level } of custom.all()) {
        const { description, reference } = rule;
        all.push({ name, pattern: name, description, reference, level, custom: true });
      }
      return all;
    },
    isWatched: (trait) => custom.size > 0 && custom.isWatched(trait),
    raised({ pattern, rule, level }, principalKey, time) {
      suspects.peek(principalKey)?.incident?.tell(pattern, rule.name, level, time);
    },
    tookSecret(time, principalKey) {
      const since = time - EXFILTRATION_WINDOW * 1000;
      if (lastSecret < since) return false;
      if (principalKey === undefined) return true;
      return suspects.get(principalKey)?.trail.latest(TAKES_SECRET, time, since, true, isLoot) !== undefined;
    },
    lootOf(principalKey, time) {
      const trail = suspects.peek(principalKey)?.trail;
      const notes = trail?.families(TAKES_SECRET, time - EXFILTRATION_WINDOW * 1000, isLoot) ?? [];
      const loot: { family: string; isNovel: boolean }[] = [];
      for (let i = 0; i < notes.length; i++) {
        const { family, standing } = notes[i] as Note;
        loot[i] = { family: family ?? 'unknown', isNovel: standing === 'novel' };
      }
      return loot;
    },
    inherit(chain, family, isNovel, time) {
      const principal = chain.owners[0] as Principal;
      lastSecret = time;
      suspectOf(principal, time).trail.add({
        trait: `process.parent:${family} [credential]`,
        signs: S.CARRIED,
        standing: isNovel ? 'novel' : 'unbaselined',
        firstTime: time,
        time,
        family,
        place: 'process',
        target: family,
        doer: principal.key,
        chain,
        direct: true,
        fromText: false,
        whileLoading: false,
        atInstall: false,
        detached: false,
        ordinary: false,
      });
    },
    incidentOf(principalKey) {
      const incident = suspects.peek(principalKey)?.incident;
      if (incident === undefined) return undefined;
      return {
        id: incident.id,
        principal: principalKey,
        level: incident.level,
        patterns: incident.patterns(),
        matches: incident.matches,
        started: incident.started,
        lastSeen: incident.lastSeen,
      };
    },
    forgetBaselines() {
      suspects.forEach((suspect) => {
        suspect.habitsKnown = false;
      });
    },
  };
}

const DRIFT_RULES = {
  new_kind: {
    name: 'new_kind',
    description: 'A package with a settled baseline does a kind of thing it never did.',
    reference: ['T1195.001', 'T1554'],
  },
  new_destination: {
    name: 'new_destination',
    description: 'A package with a settled baseline talks to a domain it never talked to.',
    reference: ['T1041', 'T1102.001', 'T1568.002'],
  },
  late_novelty: {
    name: 'late_novelty',
    description: 'A package begins something dangerous long after it was started: a time bomb or a trigger.',
    reference: ['T1497.003', 'T1480.001'],
  },
  new_trait: {
    name: 'new_trait',
    description: 'A package does something that its baseline does not show.',
    reference: ['T1195.001'],
  },
  accumulated: {
    name: 'accumulated_drift',
    description: 'A package does many new things, none of which stands out.',
    reference: ['T1195.001'],
  },
} as const;

function isFromText({ behavior, principal }: Deed): boolean {
  return behavior.textBy === principal;
}

function isUnusual(note: Note): boolean {
  return !note.ordinary;
}

/* Looks back for the steps of a rule, last to first. */
function propose(rule: Rule, deed: Deed, note: Note, trail: Trail, proposals: Proposal[]): void {
  const { sequence } = rule;
  const last = sequence[sequence.length - 1] as Step;
  if (last.unreviewed === true && note.standing === 'known') return;
  if (last.fits !== undefined && !last.fits(note)) return;
  if (last.not !== undefined && (note.signs & last.not) !== 0) return;
  let standing = note.standing;
  const notBefore = deed.time - rule.windowSeconds * 1000;
  const found: Note[] = [note];
  let before = note.time;
  for (let i = sequence.length - 2; i >= 0; i--) {
    const step = sequence[i] as Step;
    const earlier = trail.latest(step.signs, before, notBefore, step.unreviewed === true, step.fits, note);
    if (earlier === undefined) return;
    standing = stronger(standing, earlier.standing);
    before = earlier.time;
    for (let j = found.length; j > 0; j--) found[j] = found[j - 1] as Note;
    found[0] = earlier;
  }
  if (standing === 'known') return;
  let level = levelFor(rule.level, deed.principal, standing);
  if (level === undefined) return;
  const context: MatchContext = { deed, note, trail, steps: found, standing };
  const { unless } = rule;
  for (let i = 0; unless !== undefined && i < unless.length; i++) {
    const excuse = unless[i] as Excuse;
    if (!excuse.holds(context)) continue;
    if (excuse.to === undefined) return;
    if (severityOf(excuse.to) < severityOf(level)) level = excuse.to;
  }
  let notes: readonly Note[] = found;
  if (rule.also !== undefined) {
    const more = rule.also(context);
    if (more === undefined) return;
    notes = more;
  }
  // What this process has shown and told already is told again only where it may have to be refused.
  if (deed.standing === 'known' && level === 'LOG') return;
  proposals[proposals.length] = {
    pattern: rule.pattern,
    rule,
    level,
    reason: `${deed.principal.key} ${fill(rule.says, found, 0)}`,
    notes,
    standing,
  };
}

function levelFor(levels: Levels, principal: Principal, standing: Standing): Level | undefined {
  const isNovel = standing === 'novel';
  if (principal.kind === 'app') return isNovel ? levels.appNovel : levels.appFirst;
  if (isNovel) return levels.novel;
  // Nobody is behind `<unattributed>`: without a baseline it may be anybody's everyday work.
  if (principal.kind === 'unattributed' && levels.first !== undefined) {
    return levels.first === 'ALERT' ? 'WARN' : 'LOG';
  }
  return levels.first;
}

function highest(levels: Levels): Level {
  return levels.novel ?? levels.first ?? levels.appNovel ?? levels.appFirst ?? 'LOG';
}

/* `{0}` → the trait of step 0, `{n}` → the count, `{f}` and `{w}` → where a carried secret is from, and where it stands. */
function fill(says: string, steps: readonly Note[], count: number): string {
  let out = '';
  for (let i = 0; i < says.length; i++) {
    if (says[i] === '{' && says[i + 2] === '}') {
      const mark = says[i + 1] as string;
      const carried = carriedIn(steps);
      if (mark === 'n') out += count;
      else if (mark === 'f') out += carried?.from ?? '';
      else if (mark === 'w') out += carried?.where ?? '';
      else out += steps[+mark]?.trait ?? '';
      i += 2;
    } else out += says[i];
  }
  return out;
}

function carriedIn(steps: readonly Note[]): CarriedSecret | undefined {
  for (let i = steps.length - 1; i >= 0; i--) if (steps[i]?.carried !== undefined) return steps[i]?.carried;
  return undefined;
}

function stepsOf(notes: readonly Note[]): FindingStep[] {
  const steps: FindingStep[] = [];
  for (let i = 0; i < notes.length; i++) {
    const { time, doer, trait } = notes[i] as Note;
    steps[i] = { time, principal: doer, trait };
  }
  return steps;
}

/* A settled baseline is worth more than first contact, one's own hands more than being in the chain. */
function certaintyOf(standing: Standing, notes: readonly Note[], level: Level): number {
  let certainty = standing === 'novel' ? 0.95 : 0.7;
  const last = notes[notes.length - 1];
  if (last !== undefined && !last.direct) certainty *= 0.8;
  return level === 'ALERT' ? certainty : level === 'WARN' ? certainty * 0.7 : certainty * 0.3;
}

/* A secret taken by a package itself, against its baseline and its role. */
function isLoot(note: Note): boolean {
  return (note.signs & TAKES_SECRET) !== 0 && note.direct && !note.ordinary && note.standing !== 'known';
}

/* The application called one package that took a secret and another that sent something: the first is the culprit. */
function culpritOf(deed: Deed, notes: readonly Note[]): Principal {
  if (deed.principal.kind !== 'app') return deed.principal;
  for (let i = 0; i < notes.length; i++) {
    const note = notes[i] as Note;
    if ((note.signs & TAKES_SECRET) === 0) continue;
    const { owners } = note.chain;
    for (let j = owners.length - 1; j >= 0; j--) {
      const owner = owners[j] as Principal;
      if (owner.kind === 'package') return owner;
    }
  }
  return deed.principal;
}
