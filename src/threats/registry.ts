import { BEHAVIORAL_DRIFT } from './behavioral-drift.ts';
import { DATA_EXFILTRATION } from './data-exfiltration.ts';
import { PRIVILEGE_ESCALATION } from './privilege-escalation.ts';
import { RESOURCE_ABUSE } from './resource-abuse.ts';
import type { Rule } from './rule.ts';
import { SHADOW_IMPORT } from './shadow-import.ts';

/** Every built-in sequence rule. */
export const RULES: readonly Rule[] = [
  ...DATA_EXFILTRATION,
  ...PRIVILEGE_ESCALATION,
  ...SHADOW_IMPORT,
  ...RESOURCE_ABUSE,
  ...BEHAVIORAL_DRIFT,
];
