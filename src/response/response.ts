import type { CallSite } from '../attribution/call-sites.ts';
import type { ToolCall } from '../attribution/tool-call.ts';
import type { Behavior, Principal } from '../behavior.ts';
import {
  DateNow,
  MathFloor,
  NumberPrototypeToString,
  SafeMap,
  StringPrototypePadStart,
  StringPrototypeSlice,
} from '../primordials.ts';
import type { ThreatMatch } from '../threats/engine.ts';
import type { Finding, FindingAgent } from './finding.ts';
import { severityOf } from './finding.ts';

/** The same rule on the same principal and target speaks once in this time, unless its level rises. One hour. */
export const DEFAULT_COOLDOWN_SECONDS = 3600;
const MAX_COOLDOWNS = 4_096;
/* More findings than this in one second are counted, not told: an attacker must not be able to bury one in noise. */
const MAX_FINDINGS_PER_SECOND = 100;

interface Cooldown {
  until: number;
  severity: number;
}

/** Turns what the rules matched into findings: each thing once, with its story. */
export class Response {
  /** Matches that were under cooldown, or beyond the rate limit. */
  suppressed = 0;
  private readonly cooldownMs: number;
  private recent = new SafeMap<string, Cooldown>();
  private older = new SafeMap<string, Cooldown>();
  private second = 0;
  private inThisSecond = 0;

  constructor(cooldownSeconds = DEFAULT_COOLDOWN_SECONDS) {
    this.cooldownMs = cooldownSeconds * 1000;
  }

  /** The finding to raise for a match, or `undefined` when it was said already. */
  respond(
    match: ThreatMatch,
    principal: Principal,
    trait: string,
    behavior: Behavior,
    voltage: number,
    baseline: string,
  ): Finding | undefined {
    const severity = severityOf(match.level);
    const key = `${match.rule.name}\n${principal.key}\n${trait}`;
    const cooldown = this.recent.get(key) ?? this.older.get(key);
    const { time } = behavior;
    if (cooldown !== undefined && time < cooldown.until && severity <= cooldown.severity) {
      this.suppressed++;
      return undefined;
    }
    if (!this.withinRate(time, severity)) return undefined;
    if (this.recent.size >= MAX_COOLDOWNS) {
      this.older = this.recent;
      this.recent = new SafeMap();
    }
    this.recent.set(key, { until: time + this.cooldownMs, severity });
    return {
      id: nextFindingId(time),
      time,
      level: match.level,
      pattern: match.pattern,
      reason: match.reason,
      principal,
      chain: keysOf(behavior.chain.members),
      trait,
      voltage,
      rule: match.rule,
      steps: match.steps,
      baseline,
      agent: agentOf(behavior.call),
      // Whoever is accused may not be the one who stands there.
      code: behavior.site !== undefined && principal === behavior.principal ? codeOf(behavior.site) : undefined,
      blocked: undefined,
      traceId: undefined,
      spanId: undefined,
    };
  }

  private withinRate(time: number, severity: number): boolean {
    const second = MathFloor(time / 1000);
    if (second !== this.second) {
      this.second = second;
      this.inThisSecond = 0;
    }
    // Room is kept for what matters most.
    const limit = severity === 2 ? MAX_FINDINGS_PER_SECOND : MAX_FINDINGS_PER_SECOND / 2;
    if (this.inThisSecond >= limit) {
      this.suppressed++;
      return false;
    }
    this.inThisSecond++;
    return true;
  }
}

/** The names of a call, as findings carry them. */
export function agentOf(call: ToolCall | undefined): FindingAgent | undefined {
  if (call === undefined) return undefined;
  return { tool: plainName(call.tool), name: plainName(call.agent), conversation: call.conversation };
}

/* `tool:search` → `search`. */
function plainName(principal: Principal | undefined): string | undefined {
  return principal === undefined ? undefined : StringPrototypeSlice(principal.key, principal.kind.length + 1);
}

/** The keys of a chain's members, in their order. */
export function keysOf(members: readonly Principal[]): string[] {
  const keys: string[] = [];
  for (let i = 0; i < members.length; i++) keys[i] = (members[i] as Principal).key;
  return keys;
}

const tag = (process.pid % 1296).toString(36).padStart(2, '0');
let counter = 0;

/** Sortable by time, short enough to type, distinct between the processes of one run. */
export function nextFindingId(time: number = DateNow()): string {
  counter = (counter + 1) % 46_656;
  return `${NumberPrototypeToString(time, 36)}-${tag}${StringPrototypePadStart(NumberPrototypeToString(counter, 36), 3, '0')}`;
}

function codeOf({ file, line }: CallSite): Finding['code'] {
  return { file, line };
}
