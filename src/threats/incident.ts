import { MathMax } from '../primordials.ts';
import type { Level } from '../response/finding.ts';
import { severityOf } from '../response/finding.ts';
import { INCIDENT_QUIET } from './thresholds.ts';

/** Distinct matches an incident remembers; there are fewer rules of WARN and above. */
const MAX_TOLD = 64;

/** What is going on with one principal: matches that belong together become one story, not forty findings. */
export interface IncidentSummary {
  readonly id: string;
  readonly principal: string;
  readonly level: Level;
  readonly patterns: readonly string[];
  /** Matches so far, told or not. */
  readonly matches: number;
  /** Milliseconds since the epoch. */
  readonly started: number;
  readonly lastSeen: number;
}

/**
 * Decides whether a match says something new. Within an incident an ALERT speaks once a pattern, a WARN once a rule and
 * not beneath an ALERT, a LOG not beneath a WARN of the same pattern.
 */
export class Incident {
  readonly id: string;
  readonly started: number;
  lastSeen: number;
  level: Level = 'LOG';
  matches = 0;
  private readonly told: { pattern: string; rule: string; level: Level }[] = [];

  constructor(id: string, time: number) {
    this.id = id;
    this.started = time;
    this.lastSeen = time;
  }

  isOver(time: number): boolean {
    return time - this.lastSeen > INCIDENT_QUIET * 1000;
  }

  /** True when the match would say something new. Changes nothing. */
  isNews(pattern: string, rule: string, level: Level): boolean {
    const severity = severityOf(level);
    if (level !== 'ALERT' && this.level === 'ALERT') return false;
    for (let i = 0; i < this.told.length; i++) {
      const before = this.told[i] as Incident['told'][number];
      if (level === 'LOG') {
        if (before.pattern === pattern) return false;
      } else if (
        severityOf(before.level) >= severity &&
        (level === 'ALERT' ? before.pattern === pattern : before.rule === rule)
      ) {
        return false;
      }
    }
    return true;
  }

  /** It goes on, whether or not anything is said. */
  touch(time: number): void {
    this.matches++;
    this.lastSeen = MathMax(this.lastSeen, time);
  }

  /** A finding was raised. */
  tell(pattern: string, rule: string, level: Level, time: number): void {
    this.touch(time);
    if (severityOf(level) > severityOf(this.level)) this.level = level;
    // LOG is information, told per trait by the cooldown of the response; only what accuses is remembered.
    if (level !== 'LOG' && this.told.length < MAX_TOLD) this.told[this.told.length] = { pattern, rule, level };
  }

  patterns(): string[] {
    const names: string[] = [];
    for (let i = 0; i < this.told.length; i++) {
      const { pattern } = this.told[i] as Incident['told'][number];
      if (!includes(names, pattern)) names[names.length] = pattern;
    }
    return names;
  }
}

function includes(names: readonly string[], name: string): boolean {
  for (let i = 0; i < names.length; i++) if (names[i] === name) return true;
  return false;
}
