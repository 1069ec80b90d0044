import type { Workload } from '../harness/workload.ts';

export const workloads: readonly Workload[] = [];
