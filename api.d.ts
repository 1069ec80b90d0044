import { InstrumentationBase, InstrumentationConfig } from "@opentelemetry/instrumentation";
import { Attributes, Context, Link, MeterProvider, Span, SpanKind, TraceState, TracerProvider } from "@opentelemetry/api";

// src/attribution/tool-call.d.ts
/** One execution of a tool, or what an agent does between two of them. */
interface ToolCall {
  /** `undefined` while the agent itself works. */
  readonly tool: Principal | undefined;
  readonly agent: Principal | undefined;
  /** `gen_ai.conversation.id`, where the framework names one. */
  readonly conversation: string | undefined;
  /** What belongs together where nobody named a conversation: the object, or the name, that all its calls share. */
  readonly group: object | string | undefined;
  /** The arguments, until they have been classified; they never leave the process. */
  readonly given?: {
    value: unknown;
  } | undefined;
  /** Asks the framework for its answer: `undefined` while there is none, `null` when none will come. It never leaves either. */
  readonly returned?: (() => unknown) | undefined;
  /** The span of the framework that stands for this execution, where it has one. */
  readonly span?: object | undefined;
  /** Which files belong to which MCP server, for the process that is started in this call. */
  readonly folders?: string | undefined;
}
/** The acting frame, for `code.*` attributes. */
interface CallSite {
  readonly functionName: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}
/** In order of severity. LOG is information, WARN wants a look, ALERT wants one now. */
type Level = 'LOG' | 'WARN' | 'ALERT';
/** The five built-in patterns; custom ones carry their own name. */
type BuiltInPattern = 'data_exfiltration' | 'privilege_escalation' | 'shadow_import' | 'resource_abuse' | 'behavioral_drift';
/** One step of the story a finding tells. */
interface FindingStep {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly principal: string;
  readonly trait: string;
}
/** Which tool, called by which agent, in which conversation. */
interface FindingAgent {
  readonly tool: string | undefined;
  readonly name: string | undefined;
  readonly conversation: string | undefined;
}
/** Something a package did that it should not have done. Plain data, free of secrets. */
interface Finding {
  /** Unique, sortable by time, short enough to type. */
  readonly id: string;
  readonly time: number;
  readonly level: Level;
  readonly pattern: string;
  /** One sentence for a person: who did what, and why it matters. */
  readonly reason: string;
  readonly principal: Principal;
  /** Keys of the whole chain, nearest first. */
  readonly chain: readonly string[];
  readonly trait: string;
  readonly voltage: number;
  readonly rule: {
    readonly name: string;
    readonly description: string;
    readonly reference: readonly string[];
  };
  /** What was seen before it, oldest first, this act last. */
  readonly steps: readonly FindingStep[];
  /** What the baseline says of the principal, in words. */
  readonly baseline: string;
  /** The AI agent on whose behalf it happened: names only. */
  readonly agent?: FindingAgent | undefined;
  /** Where in the code; `undefined` when nobody is on the stack, or somebody else stands there. */
  readonly code?: {
    readonly file: string;
    readonly line: number;
  } | undefined;
  /** The act was refused (`mode: 'block'`, or the policy of a tool): it did not happen. */
  blocked?: boolean | undefined;
  traceId: string | undefined;
  spanId: string | undefined;
}
/** The part of the machine an act touches; the first word of every trait (`audit`, a second source, has none of its own). */
type Sense = 'import' | 'fs' | 'net' | 'process' | 'worker' | 'native' | 'code' | 'env' | 'audit';
/**
 * Who acts: a package, the application itself, an agent's tool, the agent, or nobody we can name.
 * Interned by `attribution/`: two principals with the same `key` are the same object.
 */
interface Principal {
  /** `name@version`, `<app>`, `<unattributed>`, `tool:NAME` or `agent:NAME`. */
  readonly key: string;
  readonly kind: 'package' | 'app' | 'tool' | 'agent' | 'unattributed';
  /** Package name; equal to `key` for anything but a package. */
  readonly name: string;
  /** Package version; empty for anything but a package. */
  readonly version: string;
  /** Real path of its folder, `/`-separated, without trailing slash; empty when it has none. */
  readonly root: string;
  /** Names its package.json declares in any dependency field: importing them needs no trait. */
  readonly dependencies: ReadonlySet<string>;
}
/** Packages on the call stack, nearest first, each once. Interned: same members, same object. */
interface Chain {
  readonly id: number;
  /**
   * Every member, as telemetry shows it, without instrumentations that only stand between two packages.
   * Never empty: `<unattributed>` when nobody is known.
   */
  readonly members: readonly Principal[];
  /**
   * Whose baseline the act belongs to: the nearest member and, beyond members that act for others (an HTTP client,
   * a process runner), whoever asked them to.
   */
  readonly owners: readonly Principal[];
  /**
   * Who may have had a part in it, for sequence rules: from the nearest up to and including the first `<app>`, without
   * those that merely called back into somebody else's code (a router calls a handler; it does not want what the
   * handler does). Contains the owners, nearest first.
   */
  readonly involved: readonly Principal[];
  /**
   * Packages on the stack beyond the application's own code: they called it, or were called back. Innocent, unless one
   * of them has taken a secret and the application's code now carries it away for them.
   */
  readonly behind: readonly Principal[];
  /** The AI agent on whose behalf all of it happens; the outermost member, where there is one. */
  readonly agent?: Principal | undefined;
  /** How the chain was found: on the stack, along `await`s, or from the asynchronous origin. */
  readonly source: 'stack' | 'async' | 'none';
}
/** What a sense saw, before anybody asks who did it. Senses build it; everything else is derived from it. */
interface Act {
  readonly sense: Sense;
  /**
   * One word from the sense's vocabulary:
   * fs `read write stat list delete chmod link watch` · net `connect listen dns` · process `spawn` · worker `start` ·
   * native `dlopen` · import `load` · code `eval replace` · env `read`.
   */
  readonly operation: string;
  /**
   * What it is done to, raw: an absolute path (fs, worker, native), `host:port` or `unix:/path` (net connect, listen),
   * a host (dns), a program as the caller named it (process), a resolved specifier (import: `node:fs`, a bare package
   * name, or an absolute path for `file:` imports).
   */
  readonly target: string;
  /** process: the program is run by a shell, or is one. */
  readonly shell?: boolean;
  /** process: the arguments, unredacted; they never leave the process as they are. */
  readonly argv?: readonly string[];
  /** process: the beginning of the script file that a shell is told to run; never leaves the process either. */
  readonly script?: string;
  /** process: the manifest of the package whose lifecycle script this is, as a package manager tells its child. */
  readonly installs?: string | undefined;
  /** process: it is to live on when its parent ends. */
  readonly detached?: boolean;
  /** net: a request that has a body as a rule (POST, PUT, PATCH). */
  readonly sends?: boolean;
  /** Span attributes of the standard conventions (`file.*`, `server.*`, `process.*` …), already redacted. */
  readonly attributes?: Attributes;
  /** Who acts, where the sense knows it without a stack (import edges carry `parentURL`). */
  readonly principal?: Principal;
  /**
   * The sense has already told of this act at a higher level when the caller is Node itself (a DNS lookup made by
   * `net.connect`, the file a stream opens): drop it when the immediate caller is not user code.
   */
  readonly impliedByNode?: boolean;
  /** Told already where it began, if whoever does it has shown this trait: drop it unless it is novel. */
  readonly onlyIfNovel?: boolean;
  /** net, the command line of a process, what is written: a secret in it; asked once, before it leaves, of packages. */
  readonly carries?: (() => CarriedSecret | undefined) | undefined;
  /** Who acts, where an earlier act was the beginning of this one. */
  readonly chain?: Chain | undefined;
  /** fs: what is written is a symbolic link to this path. Like every link it can only be made where nothing is. */
  readonly linksTo?: string | undefined;
  /** What is written may be a folder, put there with all it holds (a rename, a copy, a link). */
  readonly bringsTree?: boolean;
}
/** A secret found in a request, or in what is written: where it came from and where it stands, and nothing of the secret. */
interface CarriedSecret {
  /** `<app>/secrets/seed.txt`, `API_TOKEN`, `API_TOKEN in <app>/.env`. */
  readonly from: string;
  readonly family: string;
  /** The variable or setting that holds it; empty where it has no name. */
  readonly setting: string;
  /** `the header x-session-id`, `the query id`, `the path`. */
  readonly where: string;
  /** There are others beside it, of other services. */
  readonly several?: boolean;
}
/** Why a target is dangerous whoever touches it; written in brackets behind the trait. */
type Sensitivity = 'credential' | 'persistence' | 'shell' | 'native' | 'metadata' | 'agent-config' | 'self';
/** What the target of an act is, for rules and for telemetry; says nothing of who acts. */
interface Resource {
  /** The target as a trait names it for somebody who does not own it, e.g. `<home>/.npmrc`, `api.example.com:443`. */
  readonly target: string;
  /** Absolute, normalised, `/`-separated path of a file target; empty otherwise. */
  readonly path: string;
  /** The group it belongs to, e.g. `home`, `tmp`, `app`, `package`, `system`, `loopback`, `public-host`, `program`. */
  readonly resourceClass: string;
  readonly sensitivity: Sensitivity | undefined;
  /** Which row of the sensitivity table it matched (`aws`, `npm`, `ssh` …): rules pair it with its rightful hosts. */
  readonly family: string | undefined;
  /** `high`: always attributed, never habituated without its chain. `low`: attributed now and then. */
  readonly risk: 'low' | 'high';
}
/** An act with its meaning and its authors: the one thing that flows from the senses to the immune system. */
interface Behavior {
  readonly act: Act;
  readonly resource: Resource;
  readonly chain: Chain;
  /** Who did it: the nearest owner of the chain. */
  readonly principal: Principal;
  /** The trait as the nearest member has it; `undefined` when every package may do this (it is then never novel). */
  readonly trait: string | undefined;
  /** The execution of an agent's tool that it is part of; usually undefined. */
  readonly call?: ToolCall | undefined;
  /** The owner whose own code is just being loaded; usually undefined. */
  readonly loading?: Principal | undefined;
  /** The owner that turned text into the code which acts (`new Function`, `eval`, `vm`); usually undefined. */
  readonly textBy?: Principal | undefined;
  /** Where in the code: the nearest frame of whoever answers; `undefined` when nobody is on the stack. */
  readonly site?: CallSite | undefined;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** A secret that the request carries, of those that this process has met. */
  carried?: CarriedSecret | undefined;
  /** Filled by whoever assesses first (sampler, span processor, or the sense itself); the others reuse it. */
  assessment: Assessment | undefined;
}
/** What the immune system thinks of one behavior. */
interface Assessment {
  /** No responsible member of the chain had shown this trait before. */
  readonly novel: boolean;
  /** Voltage of the principal that answers for the behavior, 0..1, after this behavior. */
  readonly voltage: number;
  /** Findings raised now; empty for most behaviors and for repeats under cooldown. */
  readonly findings: readonly Finding[];
  /** Nothing of it is new, nothing matches, and no pattern or policy wants to see it again. */
  readonly ordinary: boolean;
  /** May be counted without attribution from now on. */
  readonly habituated: boolean;
  /** The act must fail with this error before it happens (`mode: 'block'` only). */
  readonly refusal: Error | undefined;
}
/** How a trait stands with one principal: in its baseline, without a baseline to hold it to, or against it. */
type Standing = 'known' | 'unbaselined' | 'novel';
/** One member of a chain under one behavior: what voltage and threat patterns reason about. */
interface Deed {
  readonly behavior: Behavior;
  readonly principal: Principal;
  /** The behavior as a trait of this principal. */
  readonly trait: string;
  readonly standing: Standing;
  /** Milliseconds since the epoch. */
  readonly time: number;
}
/** One sense of the process: patched while anybody (an instrumentation, `activate`) wants it. */
interface SwitchableSense {
  readonly sense: Sense;
  readonly enabled: boolean;
  enable(owner: object): void;
  disable(owner: object): void;
  /** Switches it off whoever wants it. */
  disableAll(): void;
}
/**
 * The OpenTelemetry face of a sense: usable alone in any SDK. The sense itself is shared by the whole process, so two
 * instances, or an instance beside `activate()`, do not sense anything twice.
 */
declare abstract class SenseInstrumentation extends InstrumentationBase {
  private switchable;
  constructor(name: string, switchable: SwitchableSense, config?: InstrumentationConfig);
  protected init(): void;
  enable(): void;
  disable(): void;
  setTracerProvider(provider: TracerProvider): void;
  setMeterProvider(provider: MeterProvider): void;
}
/** Senses programs and worker threads that are started. */
declare class ChildProcessInstrumentation extends SenseInstrumentation {
  constructor(config?: InstrumentationConfig);
}
/** Files: `node:fs`, `fs/promises`, and what else opens a file by its path. */
declare class FsInstrumentation extends SenseInstrumentation {
  constructor(config?: InstrumentationConfig);
}
/** Imports, code without a file, and native code. */
declare class ImportInstrumentation extends SenseInstrumentation {
  constructor(config?: InstrumentationConfig);
}
/** Senses connections, listening ports and name resolution. */
declare class NetInstrumentation extends SenseInstrumentation {
  constructor(config?: InstrumentationConfig);
}
/** The callbacks of LangChain.js that are used, in the shape that its callback managers take. */
interface LangChainCallbacks {
  handleChainStart(...args: unknown[]): void;
  handleChainEnd(outputs: unknown, runId: string): void;
  handleChainError(error: unknown, runId: string): void;
  handleToolStart(...args: unknown[]): void;
  handleToolEnd(output: unknown, runId: string): void;
  handleToolError(error: unknown, runId: string): void;
}
/**
 * Callbacks for LangChain.js and LangGraph, by which the tool and the agent at work are known:
 * `agent.invoke(input, { callbacks: [langChainCallbacks()] })`. Not needed beside the OpenInference instrumentation or
 * a LangChain tracer. They keep names, and hashed marks of a tool's input until it ends; nothing is sent anywhere.
 */
declare function langChainCallbacks(): LangChainCallbacks;
/**
 * Watches an MCP server or client of `@modelcontextprotocol/sdk`: a server's tool calls become tools of this process, by
 * the name in the request; what a client calls belongs to the tool on its side too, its servers' descriptions and
 * programs are held to the lock file, and what a server process started over stdio does belongs to that server. Called
 * before `connect`. Anything else is left alone.
 * @returns what it was given.
 */
declare function watchMcp<T extends object>(peer: T): T;
/**
 * off: nothing is patched. learn: everything is written down, nothing judged. observe: findings. block: findings, and
 * acts fail before they happen.
 */
type Mode = 'off' | 'learn' | 'observe' | 'block';
/** A reviewed exception. */
interface Override {
  /** `NAME`, `NAME@RANGE`, `<app>`, `tool:NAME`; `*` stands for any part of a name. */
  readonly package: string;
  /**
   * A trait as in the lock file; `*` stands for any characters but, except in `deny`, never for a sensitivity in
   * brackets.
   */
  readonly trait: string;
  readonly reason: string;
  /** Last day (YYYY-MM-DD, UTC) on which it counts. */
  readonly expires?: string;
}
/** An act that a tool of an AI agent is refused. */
interface ToolBlock {
  /** Name of the tool; `*` stands for any part of it. */
  readonly tool: string;
  /** A trait as in the lock file; `*` stands for any characters, and without a sensitivity every one is meant. */
  readonly trait: string;
  readonly reason: string;
}
interface LevelOverride extends Override {
  readonly level: Level;
}
/** What users write, in `diogenesis.config.json` or in code. `diogenesis.schema.json` says the same. */
interface DiogenesisConfig {
  /** Default `observe`. */
  mode?: Mode;
  /**
   * Lock file; default `diogenesis.lock.json` in the working directory or, where neither it nor a config file is there,
   * beside the main file or its package.json.
   */
  lock?: string;
  /** Append every finding to this file, one JSON object a line. */
  findings?: string;
  /** A span for every `notable` behavior (default), or for `all`. */
  capture?: 'notable' | 'all';
  /** No lines on stderr. */
  quiet?: boolean;
  /** Findings, their spans and the metrics also go to this OTLP/HTTP endpoint. */
  otlpEndpoint?: string;
  /** What is not in the lock file also leaves as log records, for the lock file of a fleet; default false. */
  shareTraits?: boolean;
  /** Which senses are attached; all by default. */
  senses?: {
    import?: boolean;
    fs?: boolean;
    net?: boolean;
    childProcess?: boolean;
  };
  /** A finding of the same rule, package and target is raised once in this time; default 300. */
  cooldownSeconds?: number;
  block?: {
    /** Lowest level that blocks in mode `block`; default `ALERT`. */level?: Level; /** What tools of AI agents must not do; holds in the modes `observe` and `block`. */
    tools?: readonly ToolBlock[];
  };
  /** Reviewed exceptions: behavior that counts as known. */
  allow?: readonly Override[];
  /** Behavior that is an ALERT (refused in mode `block` and by `check`) even when the lock file has it. */
  deny?: readonly Override[];
  /** Other levels for findings, and for unreviewed behavior in the reports of `check`. */
  levels?: readonly LevelOverride[];
  /** Custom threat patterns, as `addPattern` takes them. */
  patterns?: readonly object[];
  /**
   * Called with every finding of this thread, in code only: after it was written, as soon as the code that is running has
   * returned (what must not happen at all: mode `block`). An error in it, or a promise that it answers and that is
   * rejected, is counted in `diogenesis.self.errors`. What it does, and everything that this starts, is watched as ever
   * but calls it no more. At most 256 findings wait for it.
   */
  onFinding?: (finding: Finding) => unknown;
}
/** THREAT and SUSPICIOUS and BENIGN as the origin of this project had them; follows from the level. */
type Verdict = 'THREAT' | 'SUSPICIOUS' | 'BENIGN';
/** What was looked at when a finding was raised, and why it has its level. */
interface Investigation {
  readonly finding: Finding;
  /** The principal under suspicion. */
  readonly agent: string;
  /** What was seen. */
  readonly observation: string;
  /** What it would mean. */
  readonly hypothesis: string;
  /** What was seen before it, oldest first, the act itself last. */
  readonly evidence: readonly FindingStep[];
  /** What the baseline says. */
  readonly baseline: string;
  readonly verdict: Verdict;
  /** 0..1: 1 − voltage, how far the principal is from its baseline. */
  readonly confidence: number;
  /** Why this level, in words; names the traits that weighed most. */
  readonly reasoning: string;
}
/** A sequence of one's own: traits that one package must not show in this order. */
interface CustomPattern {
  /** Becomes `diogenesis.finding.pattern` and the rule's name. */
  name: string;
  description?: string;
  /** Traits in order; `*` stands for anything: `fs.read:* [credential]`, `net.connect:*`. 1 to 8 steps. */
  sequence: string[];
  /** From first to last step. Default 300. */
  windowSeconds?: number;
  /** Default WARN. */
  level?: Level;
  /** Techniques or documents, shown with the finding. */
  reference?: string[];
  /** Package name or key the pattern is about, `*` stands for anything. Default every package. */
  package?: string;
  /** Asked for the last step: only a true answer makes a match. One that throws disables the pattern. */
  when?: (deed: Deed) => boolean;
}
interface GraphNode {
  /** Principal key, or `sense:group` for what packages reach, e.g. `net:public-host`, `fs:home [credential]`. */
  readonly id: string;
  readonly kind: 'package' | 'app' | 'tool' | 'agent' | 'unattributed' | 'resource';
  /** Behaviors that touched it, without those that were only counted because the same was seen before. */
  readonly count: number;
}
interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** `calls`: one package acted on behalf of another; `reaches`: a package touched a group of resources. */
  readonly kind: 'calls' | 'reaches';
  readonly count: number;
}
interface VoltagePoint {
  readonly time: number;
  readonly principal: string;
  readonly voltage: number;
}
/** What `activate` answers: the only thing that can switch Diogenesis off without leaving a trace. */
interface ActivationHandle {
  /** Restores every function that was patched and stops. */
  deactivate(): void;
}
interface Status {
  readonly active: boolean;
  readonly mode: 'off' | 'learn' | 'observe' | 'block' | 'check';
  readonly version: string;
  /** Milliseconds since the epoch; `undefined` when not active. */
  readonly since: number | undefined;
  /** Which senses are alive. */
  readonly senses: Readonly<Record<string, boolean>>;
  readonly lock: {
    readonly file: string;
    readonly found: boolean;
  } | undefined;
  /** Behaviors seen that were not habituated, and how many of them were novel. */
  readonly behaviors: {
    readonly known: number;
    readonly novel: number;
  };
  readonly findings: Readonly<Record<Level, number>>;
  /** Whether spans of the application's own tracer provider carry our processor and sampler. */
  readonly telemetry: {
    readonly spanProcessor: boolean;
    readonly sampler: boolean;
  };
  /** What was wrong with the configuration, one clear line each. */
  readonly problems: readonly string[];
}
interface FieldState {
  /** 0..1: 1 when every package behaves as its baseline. */
  readonly fieldCoherence: number;
  readonly modules: Readonly<Record<string, {
    voltage: number;
    events: number;
    lastSeen: number;
    hasBaseline: boolean;
  }>>;
  /** Packages below 0.7. */
  readonly drops: readonly string[];
  /** Packages below 0.4. */
  readonly critical: readonly string[];
}
interface ThreatSummary {
  /** Findings of level ALERT, WARN and LOG since activation. */
  readonly threats: number;
  readonly suspicious: number;
  readonly benign: number;
  /** What each sense has seen; the origin of this project called its senses agents. */
  readonly agents: Readonly<Record<string, {
    known: number;
    novel: number;
    findings: number;
  }>>;
  /** The newest findings of WARN and above, one line each, as an incident report would have them. */
  readonly incidents: readonly string[];
}
/**
 * Starts Diogenesis in this process: reads configuration and lock file, patches, watches. Called again it changes
 * nothing. Never throws: what is wrong with the configuration is one line each on stderr and in `status().problems`.
 */
declare function activate(config?: DiogenesisConfig): ActivationHandle;
/**
 * Stops Diogenesis: every patched function is the original again. Telemetry of what was found stays. Called by a
 * dependency it leaves an ALERT behind; so does `configure`.
 */
declare function deactivate(): void;
/** What is alive, in which mode, and what has been seen so far. */
declare function status(): Status;
/** Voltage of every package seen, and how coherent the whole process is. */
declare function fieldState(): FieldState;
/** Counts of findings, and the newest of them as lines for an incident report. */
declare function threatSummary(): ThreatSummary;
/** The newest `n` findings of level ALERT and WARN, newest first. At most 256 are kept. */
declare function alerts(n?: number): Finding[];
/** The newest `n` findings of every level, newest first. At most 256 are kept. */
declare function log(n?: number): Finding[];
/**
 * How closely a package behaves as its baseline, 0..1; 1 for a package never seen.
 * @param name `name@version`, `<app>`, `tool:NAME`, or a package's bare name (then the lowest of its versions).
 */
declare function moduleVoltage(name: string): number;
/** Voltages as they changed, oldest first; of one package (`name@version`) or of all. Bounded. */
declare function voltageHistory(name?: string): VoltagePoint[];
/** Who acts through whom, and on what: packages, tools and resources as nodes. Bounded. */
declare function connectionGraph(): {
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
};
/** What is known of every package: the lock file's traits, and what this process learned on top. */
declare function baseline(): Record<string, {
  state: string;
  traits: string[];
  learned: string[];
}>;
/** The newest `n` findings with what was looked at: evidence, baseline, verdict, reasoning. Newest first. */
declare function investigations(n?: number): Investigation[];
/**
 * Changes the configuration of a running Diogenesis. What was learned in this process is forgotten: it restarts with
 * the new settings.
 */
declare function configure(partial: DiogenesisConfig): void;
/**
 * Adds a threat pattern of your own: a sequence of traits by one package within a time.
 * @throws TypeError with one clear line when the pattern is not valid.
 */
declare function addPattern(pattern: CustomPattern): void;
/** What else is known of an execution of a tool. */
interface ToolOptions {
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
declare function withTool<T>(name: string, fn: () => T, options?: ToolOptions): T;
/** The SDK's `Sampler` (2.x and 3.x alike). */
interface Sampler {
  shouldSample(context: Context, traceId: string, spanName: string, spanKind: SpanKind, attributes: Attributes, links: Link[]): {
    decision: number;
    attributes?: Readonly<Attributes>;
    traceState?: TraceState;
  };
  toString(): string;
}
/** The part of the SDK's `SpanProcessor` (2.x and 3.x alike) that is used. */
interface SpanProcessor {
  onStart(span: Span, parentContext: Context): void;
  onEnd(span: unknown): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}
/** Pieces for a tracer provider built by hand. Each is optional: without any of them findings are still made. */
interface Diogenesis {
  /** For `registerInstrumentations`: import, fs, net, child process. */
  readonly instrumentations: (ImportInstrumentation | FsInstrumentation | NetInstrumentation | ChildProcessInstrumentation)[];
  /** Goes before the exporting processors. */
  readonly spanProcessor: SpanProcessor;
  /** Wraps a sampler, so that the span of a finding is exported even in a trace that was sampled out. */
  sampler(delegate: Sampler): Sampler;
  /** What has been found so far, by level; `undefined` in `mode: 'off'`. Everything else: the functions of the API. */
  readonly immuneSystem: {
    readonly counts: Readonly<Record<Level, number>>;
  } | undefined;
  /** Flushes and switches off. */
  shutdown(): Promise<void>;
}
/** Activates Diogenesis and answers its pieces. Never throws. */
declare function createDiogenesis(config?: DiogenesisConfig): Diogenesis;
/**
 * Adds Diogenesis to a `NodeSDK` configuration in one line. Exporter, sampler, processors and the configuration by
 * environment stay what they were.
 *
 * ```ts
 * const sdk = new NodeSDK(withDiogenesis({ instrumentations: [getNodeAutoInstrumentations()] }));
 * ```
 */
declare function withDiogenesis<T extends object>(sdkConfiguration: T, config?: DiogenesisConfig): T;
export { type ActivationHandle, type BuiltInPattern, ChildProcessInstrumentation, type CustomPattern, type Diogenesis, type DiogenesisConfig, type FieldState, type Finding, type FindingAgent, type FindingStep, FsInstrumentation, type GraphEdge, type GraphNode, ImportInstrumentation, type Investigation, type LangChainCallbacks, type Level, NetInstrumentation, type Status, type ThreatSummary, type ToolOptions, type Verdict, type VoltagePoint, activate, addPattern, alerts, baseline, configure, connectionGraph, createDiogenesis, deactivate, fieldState, investigations, langChainCallbacks, log, moduleVoltage, status, threatSummary, voltageHistory, watchMcp, withDiogenesis, withTool };