/** What the config file says of an act, as matches: a denial, or another level. */
import type { Deed } from '../behavior.ts';
import type { ThreatMatch } from '../threats/engine.ts';
import type { Level } from './finding.ts';
import { severityOf } from './finding.ts';

const RULE = {
  name: 'denied_by_config',
  description: 'A package does what the config file denies it.',
  reference: [],
} as const;

/** A denial is an ALERT of a pattern of its own, whatever the lock file holds and whatever a rule thinks of it. */
export function denialMatch({ principal, trait, behavior, time }: Deed, reason: string): ThreatMatch {
  return {
    pattern: 'policy_violation',
    rule: RULE,
    level: 'ALERT',
    reason: `${principal.key} does what the config file denies: ${reason}`,
    steps: [{ time, principal: behavior.principal.key, trait }],
    certainty: 1,
    culprit: principal,
    incident: '',
    isRepeat: false,
  };
}

/** A match as the config file wants it told. */
export interface JudgedMatch extends ThreatMatch {
  /** What its incident hears of it, where that is not the match itself. */
  readonly forIncident?: ThreatMatch;
}

/**
 * The same match at another level. Its incident hears the lower one of the two: within an incident a worse finding
 * silences lesser ones, and an opinion of the config file must not. For the same reason a raised one always speaks.
 */
export function withLevel(match: ThreatMatch, level: Level): JudgedMatch {
  const isRaised = severityOf(level) > severityOf(match.level);
  const judged = { ...match, level };
  return isRaised ? { ...judged, isRepeat: false, forIncident: match } : judged;
}
