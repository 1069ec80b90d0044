import { preloaded } from '../instrumentations/import/module-watch.ts';
import { accuseMeddler, current, start, stopQuietly } from './activate.ts';
import { agentPrincipal, toolPrincipal } from './attribution/packages.ts';
import { runAsTool, type ToolCall } from './attribution/tool-call.ts';
import type { DiogenesisConfig } from './config.ts';
import { claimProcess } from './process-wide.ts';
import type { Finding, Level } from './response/finding.ts';
import type { Investigation } from './response/investigation.ts';
import { complain } from './response/outlets.ts';
import type { CustomPattern } from './threats/engine.ts';
import { VERSION } from './version.ts';
import type { GraphEdge, GraphNode } from './voltage/connection-graph.ts';
import type { VoltagePoint } from './voltage/voltage-field.ts';

const mine = Object.freeze({ version: VERSION });

/** What `activate` answers: the only thing that can switch Diogenesis off without leaving a trace. */
export interface ActivationHandle {
  /** Restores every function that was patched and stops. */
  deactivate(): void;
}

export interface Status {
  readonly active: boolean;
  readonly mode: 'off' | 'learn' | 'observe' | 'block' | 'check';
  readonly version: string;
  /** Milliseconds since the epoch; `undefined` when not active. */
  readonly since: number | undefined;
  /** Which senses are alive. */
  readonly senses: Readonly<Record<string, boolean>>;
  readonly lock: { readonly file: string; readonly found: boolean } | undefined;
  /** Behaviors seen that were not habituated, and how many of them were novel. */
  readonly behaviors: { readonly known: number; readonly novel: number };
  readonly findings: Readonly<Record<Level, number>>;
  /** Whether spans of the application's own tracer provider carry our processor and sampler. */
  readonly telemetry: { readonly spanProcessor: boolean; readonly sampler: boolean };
  /** What was wrong with the configuration, one clear line each. */
  readonly problems: readonly string[];
}

export interface FieldState {
  /** 0..1: 1 when every package behaves as its baseline. */
  readonly fieldCoherence: number;
  readonly modules: Readonly<
    Record<string, { voltage: number; events: number; lastSeen: number; hasBaseline: boolean }>
  >;
  /** Packages below 0.7. */
  readonly drops: readonly string[];
  /** Packages below 0.4. */
  readonly critical: readonly string[];
}

export interface ThreatSummary {
  /** Findings of level ALERT, WARN and LOG since activation. */
  readonly threats: number;
  readonly suspicious: number;
  readonly benign: number;
  /** What each sense has seen; the origin of this project called its senses agents. */
  readonly agents: Readonly<Record<string, { known: number; novel: number; findings: number }>>;
  /** The newest findings of WARN and above, one line each, as an incident report would have them. */
  readonly incidents: readonly string[];
}

const IDLE: Status = {
  active: false,
  mode: 'off',
  version: VERSION,
  since: undefined,
  senses: {},
  lock: undefined,
  behaviors: { known: 0, novel: 0 },
  findings: { LOG: 0, WARN: 0, ALERT: 0 },
  telemetry: { spanProcessor: false, sampler: false },
  problems: [],
};

/**
 * Starts Diogenesis in this process: reads configuration and lock file, patches, watches. Called again it changes
 * nothing. Never throws: what is wrong with the configuration is one line each on stderr and in `status().problems`.
 */
export function activate(config?: DiogenesisConfig): ActivationHandle {
  return begin(config, false);
}

/** `activate` before any code of the application has run. */
export function activatePreloaded(): ActivationHandle {
  preloaded();
  return begin(undefined, true);
}

function begin(config: DiogenesisConfig | undefined, isPreloaded: boolean): ActivationHandle {
  const other = claimProcess(mine);
  if (other !== undefined) {
    complain(`version ${other} is active in this process already; this copy (${VERSION}) stays passive`);
    return { deactivate() {} };
  }
  const before = current();
  const started = start(config, isPreloaded);
  return {
    deactivate() {
      if (started === undefined || current() !== started) return;
      // Whoever joined what was running already has no more right to stop it than anybody.
      if (started === before) started.stop();
      else stopQuietly(started);
    },
  };
}

/**
 * Stops Diogenesis: every patched function is the original again. Telemetry of what was found stays. Called by a
 * dependency it leaves an ALERT behind; so does `configure`.
 */
export function deactivate(): void {
  current()?.stop();
}

/** What is alive, in which mode, and what has been seen so far. */
export function status(): Status {
  const active = current();
  if (active === undefined) return IDLE;
  const { config, immuneSystem } = active;
  const behaviors = { known: 0, novel: 0 };
  for (const { value, attributes } of active.runtime.behaviors()) {
    if (attributes['diogenesis.novel'] === true) behaviors.novel += value;
    else behaviors.known += value;
  }
  return {
    active: true,
    mode: config.mode,
    version: VERSION,
    since: active.since,
    senses: active.senses(),
    lock: { file: config.lock, found: immuneSystem.parts.baseline.hasLock },
    behaviors,
    findings: { ...immuneSystem.counts },
    telemetry: active.attachment,
    problems: active.problems,
  };
}

/** Voltage of every package seen, and how coherent the whole process is. */
export function fieldState(): FieldState {
  const voltage = current()?.immuneSystem.parts.voltage;
  if (voltage === undefined) return { fieldCoherence: 1, modules: {}, drops: [], critical: [] };
  const now = Date.now();
  const modules = voltage.modules(now);
  const below = (limit: number) =>
    Object.keys(modules)
      .filter((key) => (modules[key]?.voltage ?? 1) < limit)
      .sort();
  return { fieldCoherence: voltage.coherence(now), modules, drops: below(0.7), critical: below(0.4) };
}

/** Counts of findings, and the newest of them as lines for an incident report. */
export function threatSummary(): ThreatSummary {
  const immuneSystem = current()?.immuneSystem;
  if (immuneSystem === undefined) return { threats: 0, suspicious: 0, benign: 0, agents: {}, incidents: [] };
  const { counts, bySense, findings } = immuneSystem;
  return {
    threats: counts.ALERT,
    suspicious: counts.WARN,
    benign: counts.LOG,
    agents: { ...bySense },
    incidents: findings
      .latest(20, ({ level }) => level !== 'LOG')
      .map(
        ({ time, level, pattern, principal, reason, id }) =>
          `${new Date(time).toISOString()} ${level} ${pattern} ${principal.key}: ${reason} (${id})`,
      ),
  };
}

/** The newest `n` findings of level ALERT and WARN, newest first. At most 256 are kept. */
export function alerts(n = 20): Finding[] {
  return current()?.immuneSystem.findings.latest(n, ({ level }) => level !== 'LOG') ?? [];
}

/** The newest `n` findings of every level, newest first. At most 256 are kept. */
export function log(n = 20): Finding[] {
  return current()?.immuneSystem.findings.latest(n) ?? [];
}

/**
 * How closely a package behaves as its baseline, 0..1; 1 for a package never seen.
 * @param name `name@version`, `<app>`, `tool:NAME`, or a package's bare name (then the lowest of its versions).
 */
export function moduleVoltage(name: string): number {
  const { modules } = fieldState();
  const own = modules[name];
  if (own !== undefined) return own.voltage;
  let lowest = 1;
  for (const key of Object.keys(modules)) {
    if (key.startsWith(`${name}@`)) lowest = Math.min(lowest, modules[key]?.voltage ?? 1);
  }
  return lowest;
}

/** Voltages as they changed, oldest first; of one package (`name@version`) or of all. Bounded. */
export function voltageHistory(name?: string): VoltagePoint[] {
  return current()?.immuneSystem.parts.voltage.history(name) ?? [];
}

/** Who acts through whom, and on what: packages, tools and resources as nodes. Bounded. */
export function connectionGraph(): { nodes: readonly GraphNode[]; edges: readonly GraphEdge[] } {
  const graph = current()?.immuneSystem.parts.graph.snapshot();
  return { nodes: graph?.nodes ?? [], edges: graph?.edges ?? [] };
}

/** What is known of every package: the lock file's traits, and what this process learned on top. */
export function baseline(): Record<string, { state: string; traits: string[]; learned: string[] }> {
  return current()?.immuneSystem.parts.baseline.snapshot() ?? {};
}

/** The newest `n` findings with what was looked at: evidence, baseline, verdict, reasoning. Newest first. */
export function investigations(n = 20): Investigation[] {
  return current()?.immuneSystem.investigations.latest(n) ?? [];
}

/**
 * Changes the configuration of a running Diogenesis. What was learned in this process is forgotten: it restarts with
 * the new settings.
 */
export function configure(partial: DiogenesisConfig): void {
  const active = current();
  if (active === undefined) return;
  accuseMeddler('configure', 'changed the configuration of Diogenesis');
  const explicit = { ...active.explicit, ...partial };
  stopQuietly(active);
  start(explicit);
}

/**
 * Adds a threat pattern of your own: a sequence of traits by one package within a time.
 * @throws TypeError with one clear line when the pattern is not valid.
 */
export function addPattern(pattern: CustomPattern): void {
  const threats = current()?.immuneSystem.parts.threats;
  if (threats === undefined) throw new TypeError('addPattern: Diogenesis is not active; call activate() first');
  threats.addPattern(pattern);
}

/** What else is known of an execution of a tool. */
export interface ToolOptions {
  /** The agent that called it. */
  readonly agent?: string;
  /** The conversation that it is part of. */
  readonly conversation?: string;
  /** What the model gave it. Classified and hashed in this process, to notice when it turns up as a command, path or host; never recorded. */
  readonly arguments?: unknown;
}

/**
 * Runs a function as the work of an AI agent's tool: everything beneath it, at any depth, belongs to `tool:NAME` as
 * well as to the packages that did it. Not needed where the agent's own spans carry `gen_ai.tool.name`.
 * @returns what `fn` returns.
 */
export function withTool<T>(name: string, fn: () => T, options: ToolOptions = {}): T {
  const { agent, conversation } = options;
  const call: ToolCall = {
    tool: toolPrincipal(name),
    agent: agent === undefined ? undefined : agentPrincipal(agent),
    conversation,
    group: undefined,
    given: 'arguments' in options ? { value: options.arguments } : undefined,
  };
  current()?.beginTool(call);
  return runAsTool(call, fn);
}
