/** What a scenario is made of. Scenarios are rows of data; everything that runs is in this folder. */

export type Pattern =
  | 'data_exfiltration'
  | 'privilege_escalation'
  | 'shadow_import'
  | 'resource_abuse'
  | 'behavioral_drift';

export type Level = 'LOG' | 'WARN' | 'ALERT';
export const LEVELS: readonly Level[] = ['LOG', 'WARN', 'ALERT'];

/** Path in the package's folder → text. A `package.json` is merged over the generated one. */
export type Files = Readonly<Record<string, string>>;
/** Package name → files. */
export type Packages = Readonly<Record<string, Files>>;

/**
 * The application around the package. An `agent` has tools in `setup` (agent.ts) and its plan in `use`. `setup` is what stands at the top of its module (imports), `use` is the body of an
 * async function that gets `n`, the number of the session's input, and returns what is printed or answered.
 */
export interface Host {
  readonly kind: 'script' | 'cli' | 'esm' | 'http' | 'express' | 'pool' | 'fork' | 'npm' | 'agent';
  readonly setup: string;
  readonly use: string;
  /** More files of the application. */
  readonly files?: Files;
  /** Paths requested of a server, in order; default is three items. `bad` tells which release is installed. */
  readonly requests?: readonly string[];
  /** `npm ci` or `npm install`, for `npm`. */
  readonly npm?: 'ci' | 'install';
}

/** How a scenario proves that its act happened. Without proof a run counts as broken, not as missed. */
export type Proof =
  /** A canary arrived at a sink, in the clear or in a common encoding. */
  | { readonly secret: true }
  /** So many arrivals whose path, or DNS name, holds the text; `leaks` says that they carry the secret (encrypted, in pieces). */
  | { readonly arrives: string; readonly times?: number; readonly leaks?: boolean }
  /** A stub program wrote a line holding the text. */
  | { readonly stub: string }
  /** A file of the run's folder holds the text. */
  | { readonly file: string; readonly holds: string }
  /** A file of the run's folder is gone. */
  | { readonly gone: string }
  /** The process wrote at least so many bytes, or had to be killed. */
  | { readonly flood: number };

/** `first`: the detector was made with these before its eyes; `hold-out`: written by somebody else before any of it changed. */
export type IncidentSet = 'first' | 'hold-out' | 'agents';

export interface Incident {
  /** Given by the folder it lies in. */
  readonly set?: IncidentSet;
  readonly name: string;
  /** The original, with its year. */
  readonly after: string;
  readonly source: string;
  /** When and how it acts: `require`, `call`, `delayed`, `esm`, `helper`, … */
  readonly shape: readonly string[];
  /** Patterns of the original; a finding of any of them is the right one. */
  readonly patterns: readonly Pattern[];
  /** Packages that may rightly be named. */
  readonly culprits: readonly string[];
  readonly host: Host;
  /** Version 1.0.0 of every package. */
  readonly good: Packages;
  /** Changed files of the honest 1.0.1 and of the bad one, over those of 1.0.0. */
  readonly benign: Packages;
  readonly bad: Packages;
  readonly proof: readonly Proof[];
  /** What a sink answers, by path; `ws` is what a web socket is sent. */
  readonly serves?: Readonly<Record<string, string>>;
  /** Programs in the private PATH folder, beyond the usual ones, with their shell text. */
  readonly stubs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

export type Baseline = 'none' | 'short' | 'long' | 'poisoned';
export type Release = 'benign' | 'bad';

/** A finding as the bench keeps it: without what differs from run to run. */
export interface Told {
  readonly level: Level;
  readonly pattern: string;
  readonly package: string;
  readonly chain: readonly string[];
  readonly trait: string;
  readonly rule: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** What other ways of detecting would make of the same run; see recorded.ts. */
export interface Recorded {
  /** Packages with a trait that the lock does not have for them. */
  readonly novel: readonly string[];
  /** Packages that used a capability (files, network, programs, …) that the lock does not have for them. */
  readonly capability: readonly string[];
  /** Packages whose voltage, from novelty alone, fell below 0.5. */
  readonly voltage: readonly string[];
}

export interface IncidentRun {
  readonly incident: string;
  readonly release: Release;
  readonly baseline: Baseline;
  /** `undefined` for the benign release. */
  readonly proven: boolean | undefined;
  readonly why?: string;
  readonly findings: readonly Told[];
  /** Undefined without a lock: then the others have nothing to compare with. */
  readonly recorded: Recorded | undefined;
  /** When the first secret byte arrived at a sink. */
  readonly leakedAt: number | undefined;
}

export interface BenignRun {
  readonly name: string;
  readonly baseline: Baseline;
  readonly run: number;
  readonly ok: boolean;
  readonly why?: string;
  readonly findings: readonly Told[];
  readonly recorded: Recorded | undefined;
  readonly set: IncidentSet;
}
