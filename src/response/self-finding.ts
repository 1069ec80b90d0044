import type { Chain, Principal } from '../behavior.ts';
import { DateNow } from '../primordials.ts';
import type { Finding, Level } from './finding.ts';
import { keysOf, nextFindingId } from './response.ts';

/** What happens to Diogenesis itself: somebody switches it off or breaks what it stands on, or it fails by itself. */
const RULES = {
  'sense-switched-off': { description: 'A sense of Diogenesis itself fails.', reference: [] },
  'judgement-failed': { description: 'Diogenesis could not judge an act.', reference: ['T1685'] },
  'switched-off-by-dependency': {
    description: 'A dependency switches Diogenesis off, or changes its configuration.',
    reference: ['T1685'],
  },
  tampered: {
    description:
      'What Diogenesis stands on (functions it has put in place, channels, built-in objects) was changed so as to blind it.',
    reference: ['T1685', 'T1562.001'],
  },
} as const;

/** A finding that needs no baseline and no rule; `principal` answers for it. */
export function selfFinding(
  rule: keyof typeof RULES,
  level: Level,
  principal: Principal,
  chain: Chain | undefined,
  trait: string,
  reason: string,
): Finding {
  const time = DateNow();
  return {
    id: nextFindingId(time),
    time,
    level,
    pattern: 'diogenesis_self',
    reason,
    principal,
    chain: chain === undefined ? [principal.key] : keysOf(chain.members),
    trait,
    voltage: 1,
    rule: { name: rule, description: RULES[rule].description, reference: RULES[rule].reference },
    steps: [],
    baseline: '',
    traceId: undefined,
    spanId: undefined,
  };
}
