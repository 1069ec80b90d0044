/** Honest work with real packages, the hard kinds by choice: they read credentials, open sockets, start programs. */
import type { Workload } from '../harness/workload.ts';
import { workloads as holdOut } from '../hold-out/workloads.ts';
import { workloads as thirdHoldOut } from '../hold-out/workloads-3.ts';
import { agents } from './agents.ts';
import { clouds } from './clouds.ts';
import { databases } from './databases.ts';
import { processes } from './processes.ts';
import { tooling } from './tooling.ts';
import { web } from './web.ts';

/** The latest of the hold-outs, told apart from the others. */
export const ofThirdHoldOut: ReadonlySet<string> = new Set(thirdHoldOut.map(({ name }) => name));

export const workloads: readonly Workload[] = [
  ...agents.map((workload) => ({ ...workload, set: 'agents' as const })),
  ...[...clouds, ...databases, ...processes, ...tooling, ...web],
  ...[...holdOut, ...thirdHoldOut].map((workload) => ({ ...workload, set: 'hold-out' as const })),
];
