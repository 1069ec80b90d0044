import type { Upgrade } from '../harness/workload.ts';

export const upgrades: readonly Upgrade[] = [];
