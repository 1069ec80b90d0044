/** Honest work with real packages, the hard kinds by choice: they read credentials, open sockets, start programs. */
import type { Workload } from '../harness/workload.ts';
import { workloads as holdOut } from '../hold-out/workloads.ts';
import { agents } from './agents.ts';
import { clouds } from './clouds.ts';
import { databases } from './databases.ts';
import { processes } from './processes.ts';
import { tooling } from './tooling.ts';
import { web } from './web.ts';

export const workloads: readonly Workload[] = [
  ...agents.map((workload) => ({ ...workload, set: 'agents' as const })),
  ...[...clouds, ...databases, ...processes, ...tooling, ...web],
  ...holdOut.map((workload) => ({ ...workload, set: 'hold-out' as const })),
];
