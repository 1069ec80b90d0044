/** What a run says about its technique: seen or not, how loudly, and whether the right package was named. */
import type { Technique } from './technique.ts';

export interface FindingOfRun {
  readonly level: string;
  readonly pattern: string;
  readonly trait: string;
  readonly by: string;
  readonly chain: readonly string[];
}
export interface NotedTrait {
  readonly by: string;
  readonly trait: string;
}

export interface Verdict {
  /** `act`: what it did was reported. `way`: only how, at WARN or above. */
  readonly seen: 'act' | 'way' | 'no';
  readonly level: 'ALERT' | 'WARN' | 'LOG' | 'trait' | '';
  /** The hostile package is named, and nobody else at WARN or above. */
  readonly right: boolean;
  /** Who else was accused. */
  readonly blamed: readonly string[];
}

const LEVELS = ['LOG', 'WARN', 'ALERT'];
export const CULPRIT = /^evil@1\.0\.[01]$/;
const EVIDENCE = {
  read: /\[credential\]/,
  connect: /^net\.(connect|dns)/,
  spawn: /^process\.spawn/,
  native: /^native:/,
  // Mostly a secret is read afterwards; that this is still seen is as good as seeing the attempt.
  tamper: /\[self\]|^diogenesis\.|\[credential\]/,
} as const;

/* Where it is said that nobody knows who did it, nobody is accused. */
function isSomebodyElse(by: string): boolean {
  return !CULPRIT.test(by) && by !== '<unattributed>';
}

export function judge(technique: Technique, findings: readonly FindingOfRun[], traits: readonly NotedTrait[]): Verdict {
  const evidence = technique.evidence ?? EVIDENCE[technique.deed];
  const ofAct = findings.filter(({ trait }) => evidence.test(trait));
  const noted = traits.filter(({ trait }) => evidence.test(trait));
  const { way } = technique;
  const ofWay = way === undefined ? [] : findings.filter(({ trait, level }) => way.test(trait) && level !== 'LOG');
  const blamed = [
    ...new Set(findings.filter(({ level, by }) => level !== 'LOG' && isSomebodyElse(by)).map(({ by }) => by)),
  ];

  const seen = ofAct.length > 0 || noted.length > 0 ? 'act' : ofWay.length > 0 ? 'way' : 'no';
  const told = [...ofAct, ...ofWay];
  let severity = -1;
  for (const { level } of told) severity = Math.max(severity, LEVELS.indexOf(level));
  const named =
    told.some(({ by }) => CULPRIT.test(by)) || (told.length === 0 && noted.some(({ by }) => CULPRIT.test(by)));
  const level = severity >= 0 ? (LEVELS[severity] as Verdict['level']) : seen === 'act' ? 'trait' : '';
  return { seen, level, right: seen !== 'no' && named && blamed.length === 0, blamed };
}
