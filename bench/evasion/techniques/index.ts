import type { Technique } from '../technique.ts';
import { ASYNCHRONOUS } from './asynchronous.ts';
import { BENEATH } from './beneath.ts';
import { BORROWED_TOOLS } from './borrowed-tools.ts';
import { DEPUTIES } from './deputies.ts';
import { ELSEWHERE } from './elsewhere.ts';
import { IDENTITY } from './identity.ts';
import { INSIDER } from './insider.ts';
import { PATHS } from './paths.ts';
import { SELF_PROTECTION } from './self-protection.ts';
import { SIDE_DOORS } from './side-doors.ts';
import { TAMPERING } from './tampering.ts';

/** Every technique, by name unique. */
export const TECHNIQUES: readonly Technique[] = [
  ...BENEATH,
  ...ELSEWHERE,
  ...ASYNCHRONOUS,
  ...IDENTITY,
  ...TAMPERING,
  ...DEPUTIES,
  ...BORROWED_TOOLS,
  ...SIDE_DOORS,
  ...PATHS,
  ...SELF_PROTECTION,
  ...INSIDER,
];
