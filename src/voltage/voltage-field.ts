import type { Deed, Principal } from '../behavior.ts';
import { MathAbs, MathMax, MathMin, SafeSet } from '../primordials.ts';
import type { Level } from '../response/finding.ts';
import { type BaselineView, noveltyClassesOf, sizeOf } from './baseline-view.ts';
import { BoundedMap } from './bounded-map.ts';
import {
  boundedEvidence,
  decayed,
  eventsOf,
  FULL_EVIDENCE,
  increment,
  oddsOf,
  pValue,
  surpriseOf,
  unseenMass,
  voltageOfEvidence,
} from './evidence.ts';
import { NOVELTY, type NoveltyClass, noveltyClassOf } from './novelty-class.ts';
import {
  COHERENCE_LOWEST,
  FURTHER_FINDING,
  HALF_LIFE_MS,
  HISTORY,
  HISTORY_RECOVERY,
  HISTORY_STEP,
  MAX_PRINCIPALS,
  MAX_TRAITS,
  TOP_INCREMENTS,
  VOLTAGE_AFTER,
} from './parameters.ts';

export interface VoltageFieldOptions {
  /** What the lock file holds a principal to; asked once per principal and after `forgetBaselines`. */
  baselineOf?: (principal: Principal) => BaselineView | undefined;
  /** Everyday work of the principal's role, or done through a member of the chain whose role it is: never evidence. */
  isOrdinary?: (deed: Deed) => boolean;
  /** Quiet time, in milliseconds, in which half of the evidence is forgotten. Default 10 minutes. */
  halfLife?: number;
}

/** One reason for a fallen voltage. */
export interface Increment {
  readonly trait: string;
  readonly noveltyClass: NoveltyClass | 'finding';
  /** Nats of evidence it added when it happened. */
  readonly evidence: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

export interface ModuleVoltage {
  /** 0..1; 1 = behaves as its baseline. */
  readonly voltage: number;
  readonly events: number;
  /** Milliseconds since the epoch. */
  readonly lastSeen: number;
  readonly hasBaseline: boolean;
}

export interface VoltagePoint {
  readonly time: number;
  readonly principal: string;
  readonly voltage: number;
}

export interface VoltageField {
  /** Takes a deed into account. Answers the voltage, 0..1, of its principal after it. */
  observe(deed: Deed): number;
  /** A finding was raised against the principal: its voltage falls to at most the cap of the level. */
  accuse(principalKey: string, level: Level, time: number): number;
  /** 1 for principals never seen. */
  voltageOf(principalKey: string, now: number): number;
  /**
   * Health of the whole process, 0..1: half the lowest voltage, half the mean of the five lowest. 1 when all is well;
   * one package at 0 among healthy ones gives 0.4, one that just got an ALERT 0.52.
   */
  coherence(now: number): number;
  modules(now: number): Record<string, ModuleVoltage>;
  /** Oldest first; at most 1,024 points for the whole process. */
  history(principalKey?: string): VoltagePoint[];
  /** −ln P of the deed in nats, 0 when it is known: who of a chain answers for a behavior. Changes nothing. */
  surprise(deed: Deed): number;
  /** What brought the voltage down, heaviest first. */
  explain(principalKey: string): Increment[];
  /** The odds against "behaves as its baseline", e.g. 120 for 120 : 1. */
  odds(principalKey: string, now: number): number;
  /** The baselines changed: asks for them again. Evidence stays. */
  forgetBaselines(): void;
}

interface State {
  /** ln M, in nats, as of `evidenceTime`. */
  evidence: number;
  evidenceTime: number;
  events: number;
  lastSeen: number;
  hasBaseline: boolean;
  baselineEvents: number;
  baselineTraits: number;
  baselineClasses: ReadonlySet<NoveltyClass> | undefined;
  /** False: ask `baselineOf` again. */
  seeded: boolean;
  /** New traits met in this process, for which p was already paid. */
  readonly met: Set<string>;
  /** New traits per class so far. */
  readonly perClass: Partial<Record<NoveltyClass, number>>;
  increments: Increment[];
  lastPoint: number;
}

export function createVoltageField(options: VoltageFieldOptions = {}): VoltageField {
  const { baselineOf, isOrdinary, halfLife = HALF_LIFE_MS } = options;
  const states = new BoundedMap<State>(MAX_PRINCIPALS, (state) => state.evidence > 0);
  const points: VoltagePoint[] = [];
  let nextPoint = 0;

  function stateOf(key: string): State {
    let state = states.get(key);
    if (state === undefined) {
      state = {
        evidence: 0,
        evidenceTime: 0,
        events: 0,
        lastSeen: 0,
        hasBaseline: false,
        baselineEvents: 0,
        baselineTraits: 0,
        baselineClasses: undefined,
        seeded: false,
        met: new SafeSet(),
        perClass: { __proto__: null } as State['perClass'],
        increments: [],
        lastPoint: 1,
      };
      states.set(key, state);
    }
    return state;
  }

  function seed(state: State, principal: Principal): void {
    state.seeded = true;
    const baseline = baselineOf?.(principal);
    const traits = baseline === undefined ? 0 : sizeOf(baseline);
    state.hasBaseline = baseline !== undefined;
    state.baselineEvents = baseline === undefined ? 0 : eventsOf(baseline.state, traits);
    state.baselineTraits = traits;
    state.baselineClasses = baseline === undefined ? undefined : noveltyClassesOf(baseline);
  }

  function evidenceAt(state: State, now: number): number {
    return decayed(state.evidence, now - state.evidenceTime, halfLife);
  }

  function remember(state: State, added: Increment): void {
    const list = state.increments;
    let at = list.length;
    while (at > 0 && (list[at - 1] as Increment).evidence < added.evidence) at--;
    if (at >= TOP_INCREMENTS) return;
    const next: Increment[] = [];
    for (let i = 0; i < list.length && next.length < TOP_INCREMENTS; i++) {
      if (i === at) next[next.length] = added;
      if (next.length < TOP_INCREMENTS) next[next.length] = list[i] as Increment;
    }
    if (at === list.length) next[next.length] = added;
    state.increments = next;
  }

  function addPoint(state: State, key: string, voltage: number, time: number): void {
    state.lastPoint = voltage;
    points[nextPoint] = { time, principal: key, voltage };
    nextPoint = (nextPoint + 1) % HISTORY;
  }

  function settle(state: State, key: string, evidence: number, time: number): number {
    // What it had recovered to in the meantime belongs into the curve.
    const recovered = voltageOfEvidence(evidenceAt(state, time));
    if (recovered - state.lastPoint >= HISTORY_RECOVERY) addPoint(state, key, recovered, time);
    state.evidence = boundedEvidence(evidence);
    // A clock that jumps back must not make evidence decay twice.
    state.evidenceTime = MathMax(time, state.evidenceTime);
    const voltage = voltageOfEvidence(state.evidence);
    if (MathAbs(voltage - state.lastPoint) >= HISTORY_STEP) addPoint(state, key, voltage, time);
    return voltage;
  }

  function isFirst(state: State | undefined, noveltyClass: NoveltyClass): boolean {
    if (state === undefined) return true;
    return (state.perClass[noveltyClass] ?? 0) === 0 && state.baselineClasses?.has(noveltyClass) !== true;
  }

  /* The application is in the chain of everything its packages do; without a baseline they answer for it, not it. */
  function answersForOthers(deed: Deed): boolean {
    return deed.principal.kind === 'app' && deed.behavior.principal !== deed.principal;
  }

  return {
    observe(deed) {
      const { key } = deed.principal;
      const state = stateOf(key);
      state.events++;
      state.lastSeen = deed.time;
      if (!state.seeded) seed(state, deed.principal);
      if (deed.standing === 'known' || state.met.has(deed.trait)) {
        return state.evidence === 0 ? 1 : voltageOfEvidence(evidenceAt(state, deed.time));
      }
      if (state.met.size < MAX_TRAITS) state.met.add(deed.trait);
      const noveltyClass = noveltyClassOf(deed);
      const row = NOVELTY[noveltyClass];
      const first = isFirst(state, noveltyClass);
      const before = state.perClass[noveltyClass] ?? 0;
      state.perClass[noveltyClass] = before + 1;
      const evidence = evidenceAt(state, deed.time);
      if (isOrdinary?.(deed) === true || (deed.standing === 'unbaselined' && answersForOthers(deed))) {
        return voltageOfEvidence(evidence);
      }
      const held = deed.standing === 'novel';
      const unseen = held
        ? unseenMass(MathMax(state.baselineEvents, 1), state.baselineTraits, true)
        : unseenMass(state.events - state.met.size, state.met.size, false);
      let nats = increment(pValue(unseen, row, first));
      for (let i = 0; i < before && nats > 1e-3; i++) {
        nats *= row.again;
        if (row.again === 1) break;
      }
      if (nats <= 1e-3) return voltageOfEvidence(evidence);
      remember(state, { trait: deed.trait, noveltyClass, evidence: nats, time: deed.time });
      return settle(state, key, evidence + nats, deed.time);
    },

    accuse(principalKey, level, time) {
      const state = stateOf(principalKey);
      const evidence = evidenceAt(state, time);
      if (level === 'LOG') return voltageOfEvidence(evidence);
      const cap = (1 - VOLTAGE_AFTER[level]) * FULL_EVIDENCE;
      const after = MathMax(cap, evidence + FURTHER_FINDING * FULL_EVIDENCE);
      if (state.lastSeen === 0) state.lastSeen = time;
      remember(state, {
        trait: `a finding of level ${level}`,
        noveltyClass: 'finding',
        evidence: after - evidence,
        time,
      });
      return settle(state, principalKey, after, time);
    },

    voltageOf(principalKey, now) {
      const state = states.peek(principalKey);
      return state === undefined ? 1 : voltageOfEvidence(evidenceAt(state, now));
    },

    coherence(now) {
      // The few lowest, kept sorted; everybody else is at 1.
      const lowest: number[] = [];
      let members = 0;
      states.forEach((state) => {
        members++;
        if (state.evidence === 0) return;
        const voltage = voltageOfEvidence(evidenceAt(state, now));
        if (lowest.length === COHERENCE_LOWEST && voltage >= (lowest[COHERENCE_LOWEST - 1] as number)) return;
        let at = MathMin(lowest.length, COHERENCE_LOWEST - 1);
        while (at > 0 && (lowest[at - 1] as number) > voltage) {
          lowest[at] = lowest[at - 1] as number;
          at--;
        }
        lowest[at] = voltage;
      });
      if (lowest.length === 0) return 1;
      let sum = 0;
      for (let i = 0; i < lowest.length; i++) sum += lowest[i] as number;
      const counted = MathMax(lowest.length, MathMin(members, COHERENCE_LOWEST));
      const mean = (sum + (counted - lowest.length)) / counted;
      return 0.5 * (lowest[0] as number) + 0.5 * mean;
    },

    modules(now) {
      const modules: Record<string, ModuleVoltage> = {};
      states.forEach((state, key) => {
        modules[key] = {
          voltage: voltageOfEvidence(evidenceAt(state, now)),
          events: state.events,
          lastSeen: state.lastSeen,
          hasBaseline: state.hasBaseline,
        };
      });
      return modules;
    },

    history(principalKey) {
      const ordered: VoltagePoint[] = [];
      const start = points.length < HISTORY ? 0 : nextPoint;
      for (let i = 0; i < points.length; i++) {
        const point = points[(start + i) % points.length] as VoltagePoint;
        if (principalKey === undefined || point.principal === principalKey) ordered[ordered.length] = point;
      }
      return ordered;
    },

    surprise(deed) {
      if (deed.standing === 'known' || isOrdinary?.(deed) === true) return 0;
      const state = states.peek(deed.principal.key);
      const noveltyClass = noveltyClassOf(deed);
      const nats = surpriseOf(deed.standing, NOVELTY[noveltyClass], isFirst(state, noveltyClass));
      // Halved, not dropped: what is new to the application alone is the application's own doing.
      return answersForOthers(deed) ? nats / 2 : nats;
    },

    explain(principalKey) {
      const state = states.peek(principalKey);
      const copy: Increment[] = [];
      if (state !== undefined) {
        for (let i = 0; i < state.increments.length; i++) copy[i] = state.increments[i] as Increment;
      }
      return copy;
    },

    odds(principalKey, now) {
      const state = states.peek(principalKey);
      return state === undefined ? 1 : oddsOf(evidenceAt(state, now));
    },

    forgetBaselines() {
      states.forEach((state) => {
        state.seeded = false;
      });
    },
  };
}
