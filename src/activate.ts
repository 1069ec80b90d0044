import { isMainThread } from 'node:worker_threads';
import { auditSense, isUnderAudit, watchRefusals } from '../instrumentations/audit/sense.ts';
import { processSense } from '../instrumentations/child-process/sense.ts';
import { fsSense } from '../instrumentations/fs/sense.ts';
import { handedOnSense } from '../instrumentations/handed-on.ts';
import { importSense } from '../instrumentations/import/sense.ts';
import { netSense } from '../instrumentations/net/sense.ts';
import { patchTogether, type SwitchableSense, watchSwitchingOff } from '../instrumentations/sense.ts';
import { stateOf, takeState } from './agents/conversation-state.ts';
import { groupIdOf } from './agents/conversations.ts';
import { callOfLangChain, callOfOpenAIAgents, watchFrameworkTools } from './agents/frameworks.ts';
import { watchMcpServers } from './agents/mcp.ts';
import { foldersTold, takeFolders } from './agents/server-folders.ts';
import { AgentWatch } from './agents/watch.ts';
import { setupAppRoot } from './app-root.ts';
import { currentChain, forgetScripts } from './attribution/call-sites.ts';
import { chainOf, forgetChains } from './attribution/chain.ts';
import { LINEAGE, parseLineage, setLootOf } from './attribution/lineage.ts';
import { appPrincipal, beingInstalled, mainPrincipal, watchLoaded } from './attribution/packages.ts';
import {
  parseMoreOfCall,
  parseToolCall,
  setInheritedCall,
  setMoreOfCall,
  setToolSources,
  TOOL_CALL,
  type ToolCall,
} from './attribution/tool-call.ts';
import { Baseline } from './baseline/baseline.ts';
import { type Lock, LockFileError, parseLock } from './baseline/lock-file.ts';
import { appendObservation, markLoss, markRefusal, type ObservationWriter } from './baseline/observation.ts';
import { compileToolBlocks } from './baseline/overrides.ts';
import { observedPrincipals } from './baseline/package-manager.ts';
import { faultsOf, Policy } from './baseline/policy.ts';
import type { Principal, Sense } from './behavior.ts';
import { createClassifier } from './classification/classifier.ts';
import { type DiogenesisConfig, loadConfig, type ResolvedConfig } from './config.ts';
import { forgetHabits, setAlwaysAttribute } from './habituation.ts';
import { ImmuneSystem, type ImmuneSystemParts } from './immune-system.ts';
import { setPerceiver } from './perception.ts';
import { DateNow, dirname, existsSync, readFileSync, resolvePath, SafeSet, SafeWeakMap } from './primordials.ts';
import { callbackOutlet } from './response/callback.ts';
import type { Finding } from './response/finding.ts';
import { complain, findingAsText, findingsFile, writeToStderr } from './response/outlets.ts';
import { nextFindingId, Response } from './response/response.ts';
import { selfFinding } from './response/self-finding.ts';
import { Runtime } from './runtime.ts';
import { DiogenesisSampler, type Sampler } from './sampler.ts';
import { forgetSecrets } from './secrets/known-secrets.ts';
import { DiogenesisSpanProcessor } from './span-processor.ts';
import { type Attachment, attachTo, ProviderFollower } from './telemetry/attach.ts';
import { MetricsFollower } from './telemetry/metrics.ts';
import { openOwnExporter } from './telemetry/own-exporter.ts';
import { callOfActiveSpan, watchToolSpans } from './telemetry/tool-spans.ts';
import { type TraitRecordOptions, TraitRecords } from './telemetry/trait-records.ts';
import { type CustomPattern, createThreatEngine } from './threats/engine.ts';
import { isOrdinaryDeed } from './threats/knowledge.ts';
import { createConnectionGraph } from './voltage/connection-graph.ts';
import { createVoltageField } from './voltage/voltage-field.ts';

/** Everything that is alive between `activate` and `deactivate`. */
export interface Active {
  readonly config: ResolvedConfig;
  /** What `activate` was given, for `configure` to build upon. */
  readonly explicit: DiogenesisConfig;
  readonly runtime: Runtime;
  readonly immuneSystem: ImmuneSystem;
  readonly spanProcessor: DiogenesisSpanProcessor;
  /** An execution of an agent's tool begins. */
  beginTool(call: ToolCall): void;
  readonly since: number;
  /** What was wrong with the configuration, the lock file or an option: one clear line each. */
  readonly problems: readonly string[];
  attachment: Attachment;
  /** Which senses are alive. */
  senses(): Record<string, boolean>;
  stop(): void;
}

let active: Active | undefined;

/** What is alive now; `undefined` while Diogenesis is not active. */
export function current(): Active | undefined {
  return active;
}

const SENSES: Record<keyof NonNullable<DiogenesisConfig['senses']>, SwitchableSense> = {
  import: importSense,
  fs: fsSense,
  net: netSense,
  childProcess: processSense,
};

/* The one processor of this process; it asks for what is alive, so that it may be created before and outlive it. */
const spanProcessor = new DiogenesisSpanProcessor(
  () => active?.immuneSystem,
  () => {
    // Before the exporters behind it: what waits for the SDK to start would come after its end.
    active?.runtime.tellEarlyFindings();
    return active?.runtime.ownExporter?.forceFlush() ?? Promise.resolve();
  },
);

export function theSpanProcessor(): DiogenesisSpanProcessor {
  return spanProcessor;
}

export function wrapSampler(delegate: Sampler): DiogenesisSampler {
  return new DiogenesisSampler(delegate, () => active?.immuneSystem);
}

/** Starts everything; what is active already stays as it is. `isPreloaded`: before any code of the application. */
export function start(explicit: DiogenesisConfig = {}, isPreloaded = false): Active | undefined {
  if (active !== undefined) return active;
  const { config, problems } = loadConfig(explicit, process.env, process.cwd(), process.argv[1]);
  const said = [...problems];
  const say = (line: string) => {
    said.push(line);
    complain(line);
  };
  for (const line of problems) complain(line);
  if (config.mode === 'off') return undefined;

  const roots = setupAppRoot(config);
  forgetScripts();
  forgetChains();
  setToolSources([callOfOpenAIAgents, callOfLangChain, callOfActiveSpan]);
  inheritCall(process.env[TOOL_CALL]);
  const lockIsRead = readLock(config.lock, say);
  // While learning, nothing in the lock is held against anybody.
  const policy = policyOf(config, say);
  const baseline = new Baseline(lockIsRead, (principal, trait) => policy.allows(principal.key, trait, DateNow()));
  const observation = openObservation(config, isPreloaded, say, (principal, trait) =>
    baseline.isLocked(principal, trait),
  );
  const isEnforcing = config.mode === 'observe' || config.mode === 'block';
  const baselineOf = (principal: Principal) => baseline.view(principal);
  const immuneSystem = new ImmuneSystem({
    classifier: createClassifier(roots),
    baseline,
    voltage: createVoltageField({ baselineOf, isOrdinary: isOrdinaryDeed }),
    graph: createConnectionGraph(),
    threats: createThreatEngine({
      baselineOf,
      installing: beingInstalled(),
      onPatternError: (pattern: string, error: unknown) =>
        say(`the pattern "${pattern}" threw (${String(error)}) and is switched off; the application is not affected`),
    }),
    response: new Response(config.cooldownSeconds),
    policy,
    blockFrom: config.mode === 'block' ? config.block.level : undefined,
    forbids: isEnforcing ? compileToolBlocks(config.block.tools) : undefined,
    note: observation?.note,
    dispute: observation?.dispute,
  });
  watchRefusals(refusalSaid(config, say));
  setLootOf((key) => immuneSystem.parts.threats.lootOf(key, Date.now()));
  inheritLoot(immuneSystem.parts.threats);
  for (const pattern of config.patterns) {
    try {
      immuneSystem.parts.threats.addPattern(pattern as CustomPattern);
    } catch (error) {
      say((error as Error).message);
    }
  }
  const runtime = new Runtime({
    immuneSystem,
    capture: config.capture,
    outlets: outletsOf(config, say, (error) => runtime.callbackFailed(error, say)),
    switchOff: (sense, error) => switchOff(sense, error),
  });
  runtime.metrics = new MetricsFollower(runtime);
  const agents = new AgentWatch(immuneSystem, (finding, span) => runtime.tellOfCall(finding, span));
  const beginTool = (call: ToolCall) => {
    try {
      agents.begin(call);
    } catch (error) {
      runtime.senseFailed('code', error);
    }
  };
  watchToolSpans(beginTool);
  const unwatchFrameworkTools = watchFrameworkTools(beginTool);
  watchMcpServers((approval) => agents.approve(approval), beginTool);
  if (config.otlpEndpoint !== undefined) {
    runtime.ownExporter = openOwnExporter(config.otlpEndpoint, runtime, say);
  }
  // With a policy every act counts, not only those that are new.
  const hasPolicy = isEnforcing && config.block.tools.length > 0;
  setAlwaysAttribute(hasPolicy || config.shareTraits || config.mode === 'learn' || config.mode === 'check');
  const disconnect = setPerceiver(runtime);
  const ours = { spanProcessor, wrapSampler, isOurs };
  runtime.provider = new ProviderFollower((provider) => {
    if (active !== undefined) active.attachment = attachTo(provider, ours);
    // The SDK goes on to register its logger provider in the same tick.
    queueMicrotask(() => runtime.tellEarlyFindings());
  });
  active = {
    config,
    explicit,
    runtime,
    immuneSystem,
    spanProcessor,
    beginTool,
    since: Date.now(),
    problems: said,
    attachment: { spanProcessor: false, sampler: false },
    senses: () => ({
      ...Object.fromEntries(Object.entries(SENSES).map(([name, sense]) => [name, sense.enabled])),
      ...(isUnderAudit() ? { audit: auditSense.enabled } : {}),
    }),
    stop() {
      accuseMeddler('deactivate', 'switched Diogenesis off');
      stopQuietly(this);
    },
  };
  stops.set(active, () => {
    isStopping = true;
    try {
      active = undefined;
      for (const sense of Object.values(SENSES)) sense.disableAll();
      handedOnSense.disableAll();
      auditSense.disableAll();
      runtime.provider?.close();
      disconnect();
      runtime.metrics?.close();
      void runtime.ownExporter?.shutdown();
      setAlwaysAttribute(false);
      forgetHabits();
      forgetSecrets();
      setToolSources([]);
      watchToolSpans(() => {});
      unwatchFrameworkTools();
      watchMcpServers(
        () => {},
        () => {},
      );
    } finally {
      isStopping = false;
    }
  });
  patchTogether(() => {
    for (const name of Object.keys(SENSES) as (keyof typeof SENSES)[]) {
      if (config.senses[name]) {
        SENSES[name].enable(OWNER);
        handedOnSense.enable(OWNER);
        if (isUnderAudit()) auditSense.enable(OWNER);
      }
    }
  });
  runtime.provider.refresh();
  return active;
}

const stops = new SafeWeakMap<Active, () => void>();
let isStopping = false;

/** Stops it without a word: for whoever started it. */
export function stopQuietly(which: Active): void {
  if (active === which) stops.get(which)?.();
}

watchSwitchingOff((sense) => {
  if (!isStopping) accuseMeddler(`sense:${sense}`, `switched the ${sense} sense off`);
});

/**
 * Raises an ALERT when a dependency, or somebody who hides from the stack, does what only the application should. Told
 * before it is done: afterwards there may be nobody to tell.
 */
export function accuseMeddler(what: string, says: string): void {
  if (active === undefined) return;
  const { immuneSystem, runtime } = active;
  try {
    const chain = currentChain();
    const nearest = chain.members[0] as Principal;
    if (nearest.kind === 'app') return;
    const reason = `${nearest.key} ${says}.`;
    const finding = selfFinding('switched-off-by-dependency', 'ALERT', nearest, chain, `diogenesis.${what}`, reason);
    immuneSystem.keep(finding);
    runtime.tell(finding);
  } catch (error) {
    runtime.senseFailed('code', error);
  }
}

/* `activate` is one owner of the senses, every instrumentation instance another: a sense lives while anybody wants it. */
const OWNER = {};

function isOurs(part: unknown): boolean {
  return part instanceof DiogenesisSpanProcessor || part instanceof DiogenesisSampler;
}

/* What the process that started this one has told: for whom it works, in which conversation, and what is whose. */
function inheritCall(text: string | undefined): void {
  setMoreOfCall((call) => ({
    group: groupIdOf(call),
    state: stateOf(call),
    folders: call.folders ?? foldersTold(),
  }));
  const call = parseToolCall(text);
  setInheritedCall(call);
  const { state, folders } = parseMoreOfCall(text);
  takeFolders(folders);
  if (call !== undefined) takeState(call, state, Date.now());
}

/* What the package that started this process had taken before it did. */
function inheritLoot(threats: ImmuneSystemParts['threats']): void {
  const by = mainPrincipal();
  const lineage = by.kind === 'package' ? parseLineage(process.env[LINEAGE]) : undefined;
  for (const { family, isNovel } of lineage?.loot ?? []) {
    threats.inherit(chainOf([by], 'async'), family, isNovel, Date.now());
  }
}

function readLock(path: string, say: (line: string) => void): Lock | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return parseLock(readFileSync(path, 'utf8'), path);
  } catch (error) {
    const why = error instanceof LockFileError ? error.message : `${path} cannot be read (${String(error)})`;
    say(`${why}; going on without a baseline`);
    return undefined;
  }
}

function policyOf(config: ResolvedConfig, say: (line: string) => void): Policy {
  for (const line of faultsOf(config)) say(`${config.configFile}: ${line}; it matches nothing`);
  // In a run of the CLI it is the CLI that says so, once for all processes.
  const isSaid = config.session !== undefined || !isMainThread;
  return new Policy(config, DateNow(), (line) => {
    if (!isSaid) say(line);
    forgetHabits();
  });
}

/* Once a process: under the audit Node refuses what it does for everybody else. */
function refusalSaid({ observations }: ResolvedConfig, say: (line: string) => void): (what: string) => void {
  const said = new SafeSet<string>();
  return (what) => {
    if (said.has(what)) return;
    said.add(what);
    say(`Node refuses ${what} under its permission model`);
    if (observations !== undefined) markRefusal(observations, what);
  };
}

type Notes = Required<Pick<ImmuneSystemParts, 'note' | 'dispute'>>;

/** Writes down what everybody does, in a file, as log records, or both; `undefined` where nobody asked for it. */
function openObservation(
  config: ResolvedConfig,
  isPreloaded: boolean,
  say: (line: string) => void,
  isLocked: TraitRecordOptions['isLocked'],
): Notes | undefined {
  const session = config.session ?? nextFindingId();
  const file = observationFile(config, session, isPreloaded, say);
  const records = config.shareTraits
    ? new TraitRecords({
        session,
        complete: isPreloaded,
        isLocked,
        emit: (record) => active?.runtime.tellTrait(record),
      })
    : undefined;
  if (file === undefined && records === undefined) return undefined;
  const isObserved = observedPrincipals(process.argv[1]);
  const note = (principal: Principal, trait: string | undefined) => {
    if (!isObserved(principal)) return;
    file?.note(principal.key, trait, isPreloaded);
    records?.note(principal, trait);
  };
  // A package that does nothing noteworthy has a baseline too: an empty one, to which its next version is held.
  watchLoaded((principal) => note(principal, undefined));
  return {
    note,
    dispute(principal, trait) {
      if (!isObserved(principal)) return;
      file?.dispute(principal.key, trait);
      records?.dispute(principal, trait);
    },
  };
}

function observationFile(
  config: ResolvedConfig,
  session: string,
  complete: boolean,
  say: (line: string) => void,
): ObservationWriter | undefined {
  let folder = config.observations;
  if (folder === undefined) {
    if (config.mode !== 'learn') return undefined;
    folder = resolvePath(dirname(config.lock), '.diogenesis', 'observations', session);
  }
  const writer = appendObservation(folder, { session, complete, mode: config.mode, script: lifecycleScript() });
  if (writer.problem !== undefined) say(writer.problem);
  return writer;
}

function lifecycleScript(): { package: string; event: string } | undefined {
  const event = process.env.npm_lifecycle_event;
  const owner = beingInstalled();
  return owner === undefined || event === undefined ? undefined : { package: owner.key, event };
}

function outletsOf(
  config: ResolvedConfig,
  say: (line: string) => void,
  callbackFailed: (error: unknown) => void,
): ((finding: Finding) => void)[] {
  const outlets: ((finding: Finding) => void)[] = [];
  if (config.findings !== undefined) {
    const { observations } = config;
    const onLoss = observations === undefined ? undefined : () => markLoss(observations);
    outlets.push(findingsFile(resolvePath(config.findings), say, onLoss));
  }
  if (!config.quiet) {
    const isColored = process.env.NO_COLOR === undefined && process.env.FORCE_COLOR !== '0' && isTerminal();
    outlets.push((finding) => {
      if (finding.level !== 'LOG') writeToStderr(findingAsText(finding, isColored));
    });
  }
  if (config.onFinding !== undefined) outlets.push(callbackOutlet(config.onFinding, callbackFailed));
  return outlets;
}

function isTerminal(): boolean {
  // Not process.stderr.isTTY: its getter would open the stream before the host does.
  return process.env.FORCE_COLOR !== undefined || process.env.DIOGENESIS_COLOR === '1';
}

function switchOff(sense: Sense, error: unknown): void {
  const name =
    sense === 'process' || sense === 'worker' ? 'childProcess' : sense === 'fs' || sense === 'net' ? sense : 'import';
  isStopping = true;
  try {
    (sense === 'audit' ? auditSense : SENSES[name]).disableAll();
  } finally {
    isStopping = false;
  }
  const what = error instanceof Error ? error.name : 'error';
  const finding = selfFinding(
    'sense-switched-off',
    'WARN',
    appPrincipal(),
    undefined,
    `diogenesis.sense:${sense}`,
    `The ${sense} sense failed repeatedly (${what}) and is switched off; what it would have seen goes unseen.`,
  );
  active?.immuneSystem.keep(finding);
  active?.runtime.tell(finding);
}
