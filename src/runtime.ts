import type { Context, Span } from '@opentelemetry/api';
import { isOwnWork } from './attribution/async-origin.ts';
import { attribute, isCalledByOurs } from './attribution/call-sites.ts';
import { hasPackage } from './attribution/chain.ts';
import { UNATTRIBUTED } from './attribution/packages.ts';
import type { Act, Assessment, Behavior, Chain, Principal, Sense } from './behavior.ts';
import { clearArrays, findTampering } from './canary.ts';
import { addRoutine, habituatedEvents } from './habituation.ts';
import type { ImmuneSystem, Routine, SensedBehavior } from './immune-system.ts';
import { anyInterposer, interposedBy } from './interposition.ts';
import { isStackOverflow, type Perceiver, type Perception } from './perception.ts';
import { hrtimeBigint, ObjectPrototype, ReflectDefineProperty, ReflectOwnKeys, SafeSet } from './primordials.ts';
import type { Finding, Level } from './response/finding.ts';
import { selfFinding } from './response/self-finding.ts';
import { noteEnvironment, noteSecretFile, secretMarks } from './secrets/known-secrets.ts';
import { markSpans } from './span-processor.ts';
import { endActSpan, startActSpan } from './telemetry/act-span.ts';
import type { ProviderFollower } from './telemetry/attach.ts';
import { logFinding, markCall } from './telemetry/findings.ts';
import type { MetricSource, MetricsFollower, Point } from './telemetry/metrics.ts';
import { MAX_VOLTAGE_SERIES } from './telemetry/metrics.ts';
import { otelApi } from './telemetry/otel-api.ts';
import type { OwnExporter } from './telemetry/own-exporter.ts';
import { currentLogger } from './telemetry/providers.ts';
import * as semconv from './telemetry/semconv.ts';

const scheduleImmediate = setImmediate;
/** Acts looked at by which everything that looks at acts has been compiled. */
const WARM = 32;
/** Errors of one sense after which it is switched off. */
const MAX_SENSE_ERRORS = 10;
/** One perception in so many is timed; the estimate of `diogenesis.self.duration` is that much times as long. */
const TIMED_ONE_IN = 16;
/** What counting a habituated event costs, in seconds; measured by `npm run bench`. */
const HABITUATED_SECONDS = 1e-7;
/** Acts whose judgement failed that are told, or owed. */
const MAX_TOLD_FAILURES = 50;
/** Series of `diogenesis.findings`; what comes after them is counted under one name. */
const MAX_FINDING_SERIES = 1_000;
const OTHER_PACKAGES = '<other>';
/** Findings kept until an SDK has started, so that what happens while an application loads is exported too. */
const MAX_EARLY_FINDINGS = 64;

export interface RuntimeOptions {
  readonly immuneSystem: ImmuneSystem;
  /** `notable`: a span for what is new; `all`: a span for every act that is not habituated. */
  readonly capture: 'notable' | 'all';
  /** Where findings go besides telemetry: a file, stderr. In this order, before the act goes on. */
  readonly outlets: readonly ((finding: Finding) => void)[];
  readonly switchOff: (sense: Sense, error: unknown) => void;
}

/** Trait records kept until then; what the SDK's own queue takes at once. */
const MAX_EARLY_TRAITS = 2_000;

interface EarlyFinding {
  readonly behavior: SensedBehavior;
  readonly at: Context | undefined;
}

/** What connects the senses, the immune system and telemetry while Diogenesis is active. */
export class Runtime implements Perceiver, MetricSource {
  readonly immuneSystem: ImmuneSystem;
  readonly errors: { [place in Sense | 'onFinding']?: number } = {};
  private readonly errorsOfPackages: { [sense in Sense]?: number } = {};
  ownExporter: OwnExporter | undefined;
  metrics: MetricsFollower | undefined;
  provider: ProviderFollower | undefined;
  /** Called once, at no act, when so many acts have been looked at that V8 has compiled what that takes. */
  onceWarm: (() => void) | undefined;
  /** Called at every finding that no SDK has taken so far. */
  onEarlyFinding: (() => void) | undefined;
  readonly #options: RuntimeOptions;
  private readonly findingCounts = new Map<string, { value: number; attributes: Record<string, string> }>();
  /* Hidden for good: whoever gets hold of this object must not be able to make it look away. */
  #inside = 0;
  #toldOfArrays = false;
  #lastActor = UNATTRIBUTED.key;
  #owed: Act[] = [];
  readonly #toldOfFailure = new SafeSet<string>();
  private sinceTimed = 0;
  private timedSeconds = 0;
  private early: EarlyFinding[] | undefined = [];
  private earlyTraits: object[] = [];

  constructor(options: RuntimeOptions) {
    this.#options = options;
    this.immuneSystem = options.immuneSystem;
    ReflectDefineProperty(this, 'immuneSystem', { writable: false, configurable: false });
    // Nobody lays a method of their own over one of ours.
    Object.preventExtensions(this);
  }

  perceive(act: Act): Perception | undefined {
    // What our own work touches (a package.json looked up, a span exported) is not the application's. But a tracer or
    // an exporter is somebody else's code: what a package does from within it, it does itself.
    if (this.#inside > 1 || ((this.#inside === 1 || isOwnWork()) && isCalledByOurs())) return undefined;
    this.#inside++;
    const start = ++this.sinceTimed % TIMED_ONE_IN === 0 ? hrtimeBigint() : undefined;
    if (this.sinceTimed === WARM) this.#becomeWarm();
    try {
      this.arraysTampered();
      const own = ownActOf(act);
      const routine = this.#options.capture === 'all' || anyInterposer() ? undefined : this.immuneSystem.routine(own);
      const isKnown = routine?.isKnown === true && !carriesSecret(own, routine.chain);
      const tampering = findTampering(act.sense !== 'fs' && act.sense !== 'import');
      if (tampering !== undefined) {
        const { sense, name, what } = tampering;
        this.tampered(
          undefined,
          undefined,
          `${sense} ${name}`,
          `of ${name} ${what}, so that the ${sense} sense is blind there`,
        );
      }
      if (this.#owed.length > 0) this.#tellOwed();
      // Who stands in the way is asked of this very act.
      if (isKnown && !anyInterposer()) return this.#goOn(own.sense, routine.chain);
      return this.look(own, this.#inside === 1, routine);
    } catch (error) {
      if (isStackOverflow(error)) throw error;
      this.fail(act.sense, error);
      this.#tellOfFailure(act);
      return undefined;
    } finally {
      this.#inside--;
      if (start !== undefined) this.timedSeconds += (Number(hrtimeBigint() - start) / 1e9) * TIMED_ONE_IN;
    }
  }

  #becomeWarm(): void {
    const { onceWarm } = this;
    this.onceWarm = undefined;
    // It takes milliseconds, which nobody need wait for.
    if (onceWarm !== undefined) scheduleImmediate(onceWarm).unref();
  }

  /* What could not be judged is told all the same: to make us fail must not be a way of going unseen. */
  #tellOfFailure(act: Act): void {
    try {
      const { chain } = attribute(true);
      const principal = chain.owners[0] ?? UNATTRIBUTED;
      const key = `${act.sense} ${principal.key}`;
      if (this.#toldOfFailure.has(key) || this.#toldOfFailure.size >= MAX_TOLD_FAILURES) return;
      this.#toldOfFailure.add(key);
      const trait = `${act.sense}.${act.operation}:${act.target}`;
      const reason = `${principal.key} did something (${act.sense}.${act.operation}) that could not be judged.`;
      const finding = selfFinding('judgement-failed', 'WARN', principal, chain, trait, reason);
      this.immuneSystem.keep(finding);
      this.tell(finding);
    } catch {
      // Not even that (no stack is left): later, with whatever is known then.
      if (this.#owed.length < MAX_TOLD_FAILURES) this.#owed[this.#owed.length] = act;
    }
  }

  #tellOwed(): void {
    const owed = this.#owed;
    this.#owed = [];
    for (let i = 0; i < owed.length; i++) this.#tellOfFailure(owed[i] as Act);
  }

  /* A setter for an index of an array's prototypes would swallow whatever an array is given. */
  arraysTampered(): void {
    const where = clearArrays();
    if (where === undefined || this.#toldOfArrays) return;
    this.#toldOfArrays = true;
    this.tampered(undefined, undefined, where, `${where} was given elements, which catch what others store in arrays`);
  }

  /* Where it is not known who did it, nobody is named: whoever acts next may be anybody. */
  tampered(doer: Principal | undefined, chain: Chain | undefined, what: string, says: string): void {
    const actor = attribute(true).chain.members[0] ?? UNATTRIBUTED;
    const reason =
      doer === undefined
        ? `Somebody tampers: ${says}. Noticed at an act of ${actor.key}; the one before was of ${this.#lastActor}.`
        : `${doer.key} tampers: ${says}.`;
    const trait = `diogenesis.tampering:${what}`;
    const finding = selfFinding('tampered', 'ALERT', doer ?? UNATTRIBUTED, chain, trait, reason);
    this.immuneSystem.keep(finding);
    this.tell(finding);
  }

  /* It has happened already, and cannot be refused. */
  #tellInterposer(behavior: Behavior, withTelemetry: boolean): void {
    const name = interposedBy(behavior.site);
    if (name === undefined) return;
    const { principal } = behavior;
    this.look({ sense: 'code', operation: 'replace', target: name, principal }, withTelemetry)?.end();
  }

  /* What was found ordinary a moment ago. */
  #goOn(sense: Sense, chain: Chain): Perception {
    this.#lastActor = (chain.owners[0] as Principal).key;
    this.immuneSystem.countKnown(sense);
    return new Outcome(ORDINARY, undefined, chain);
  }

  private look(act: Act, withTelemetry: boolean, routine?: Routine): Perception | undefined {
    const { immuneSystem } = this;
    const options = this.#options;
    const behavior = immuneSystem.sense(act);
    if (behavior === undefined) return undefined;
    this.#lastActor = behavior.principal.key;
    if (act.sense === 'net' && anyInterposer()) this.#tellInterposer(behavior, withTelemetry);
    if (act.onlyIfNovel === true && !immuneSystem.isNovel(behavior)) return undefined;
    followSecrets(behavior);
    if (withTelemetry) {
      this.provider?.refresh();
      this.metrics?.refresh();
    }
    const at = withTelemetry ? otelApi()?.context.active() : undefined;
    let span: Span | undefined;
    if (at !== undefined && (options.capture === 'all' || immuneSystem.isNovel(behavior))) {
      span = startActSpan(behavior, at);
    }
    // The sampler or the processor has assessed it already, where the span got that far.
    const assessment = immuneSystem.assess(behavior);
    if (routine !== undefined && assessment.ordinary && behavior.carried === undefined) {
      addRoutine(routine.key, routine.time);
    }
    if (assessment.findings.length > 0) {
      if (at !== undefined) span ??= startActSpan(behavior, at);
      this.deliver(behavior, assessment, span, at);
    }
    if (span !== undefined && at !== undefined) markSpans(behavior, span, at, immuneSystem);
    return new Outcome(assessment, span, behavior.chain);
  }

  private deliver(
    behavior: SensedBehavior,
    assessment: Assessment,
    span: Span | undefined,
    at: Context | undefined,
  ): void {
    const isRecording = span?.isRecording() === true;
    for (let i = 0; i < assessment.findings.length; i++) {
      const finding = assessment.findings[i] as Finding;
      if (isRecording) {
        const { traceId, spanId } = span.spanContext();
        finding.traceId = traceId;
        finding.spanId = spanId;
      }
      this.tell(finding, at);
    }
    this.ownExporter?.tell(behavior, assessment, at);
    if (!isRecording && this.early !== undefined && this.early.length < MAX_EARLY_FINDINGS) {
      this.early[this.early.length] = { behavior, at };
      this.onEarlyFinding?.();
    }
  }

  /** Tells a finding about a call of a tool, which is no act and has no span of its own. */
  tellOfCall(finding: Finding, span: object | undefined): void {
    this.#inside++;
    try {
      const at = otelApi()?.context.active();
      const on = markCall(at, finding, span as Span | undefined);
      if (on?.isRecording() === true) {
        const { traceId, spanId } = on.spanContext();
        finding.traceId = traceId;
        finding.spanId = spanId;
      }
      this.tell(finding, at);
    } finally {
      this.#inside--;
    }
  }

  /** Tells a finding everywhere but in traces. */
  tell(finding: Finding, at?: Context): void {
    const { outlets } = this.#options;
    for (let i = 0; i < outlets.length; i++) outlets[i]?.(finding);
    logFinding(finding, at ?? otelApi()?.context.active());
    const { level, pattern, principal } = finding;
    this.countFinding(level, pattern, principal.name);
  }

  private countFinding(level: Level, pattern: string, name: string): void {
    const key = `${level} ${pattern} ${name}`;
    const count = this.findingCounts.get(key);
    if (count !== undefined) count.value++;
    else if (this.findingCounts.size < MAX_FINDING_SERIES || name === OTHER_PACKAGES) {
      this.findingCounts.set(key, {
        value: 1,
        attributes: {
          [semconv.ATTR_FINDING_LEVEL]: level,
          [semconv.ATTR_FINDING_PATTERN]: pattern,
          [semconv.ATTR_PACKAGE_NAME]: name,
        },
      });
    } else this.countFinding(level, pattern, OTHER_PACKAGES);
  }

  /** A log record `diogenesis.trait`; kept until an SDK has started. */
  tellTrait(record: object): void {
    this.#inside++;
    try {
      this.ownExporter?.log(record);
      if (this.early === undefined) currentLogger()?.emit(record);
      else if (this.earlyTraits.length < MAX_EARLY_TRAITS) this.earlyTraits[this.earlyTraits.length] = record;
    } finally {
      this.#inside--;
    }
  }

  /**
   * An SDK has started: what was found while the application was loading is exported now, with the time at which it
   * happened.
   */
  tellEarlyFindings(): void {
    const { early, earlyTraits } = this;
    this.early = undefined;
    this.earlyTraits = [];
    if (early === undefined || early.length + earlyTraits.length === 0) return;
    this.#inside++;
    try {
      for (let i = 0; i < earlyTraits.length; i++) currentLogger()?.emit(earlyTraits[i] as object);
      for (const { behavior, at = otelApi()?.ROOT_CONTEXT } of early) {
        const span = at === undefined ? undefined : startActSpan(behavior, at, behavior.time);
        if (span === undefined || at === undefined) continue;
        markSpans(behavior, span, at, this.immuneSystem);
        for (const finding of behavior.assessment?.findings ?? []) logFinding(finding, at);
        span.end();
      }
    } finally {
      this.#inside--;
    }
  }

  senseFailed(sense: Sense, error: unknown): void {
    this.fail(sense, error);
  }

  /** What the application does about a finding has failed: counted, and said the first time. */
  callbackFailed(error: unknown, say: (line: string) => void): void {
    this.errors.onFinding = (this.errors.onFinding ?? 0) + 1;
    if (this.errors.onFinding > 1) return;
    let what = 'an error';
    try {
      what = String(error);
    } catch {
      // What was thrown cannot even be shown.
    }
    say(`onFinding failed (${what}); the finding is written all the same`);
  }

  private fail(sense: Sense, error: unknown): void {
    const count = (this.errors[sense] ?? 0) + 1;
    this.errors[sense] = count;
    try {
      const { chain } = attribute(true);
      const principal = chain.members[0] ?? UNATTRIBUTED;
      // Arguments that throw when they are looked at must not be a way of switching a sense off for everybody.
      if (principal.kind === 'package') {
        this.errorsOfPackages[sense] = (this.errorsOfPackages[sense] ?? 0) + 1;
        this.#tellOfFailure({ sense, operation: 'call', target: '' });
        return;
      }
    } catch {
      // Nobody can be named.
    }
    if (count - (this.errorsOfPackages[sense] ?? 0) === MAX_SENSE_ERRORS) {
      try {
        this.#options.switchOff(sense, error);
      } catch {
        // It fails in switching off as well: nothing more can be done without harming the host.
      }
    }
  }

  behaviors(): readonly Point[] {
    const points: Point[] = [];
    for (const [sense, counts] of Object.entries(this.immuneSystem.bySense)) {
      const known = counts.known + habituatedEvents(sense as Sense);
      points.push({ value: known, attributes: { [semconv.ATTR_SENSE]: sense, [semconv.ATTR_NOVEL]: false } });
      points.push({ value: counts.novel, attributes: { [semconv.ATTR_SENSE]: sense, [semconv.ATTR_NOVEL]: true } });
    }
    return points;
  }

  findings(): readonly Point[] {
    return [...this.findingCounts.values()];
  }

  voltages(): readonly Point[] {
    const now = Date.now();
    const below: Point[] = [];
    for (const [key, { voltage }] of Object.entries(this.immuneSystem.parts.voltage.modules(now))) {
      if (voltage >= 1) continue;
      const at = key.lastIndexOf('@');
      const [name, version] = at > 0 ? [key.slice(0, at), key.slice(at + 1)] : [key, ''];
      below.push({
        value: voltage,
        attributes: { [semconv.ATTR_PACKAGE_NAME]: name, [semconv.ATTR_PACKAGE_VERSION]: version },
      });
    }
    return below.sort((a, b) => a.value - b.value).slice(0, MAX_VOLTAGE_SERIES);
  }

  coherence(): number {
    return this.immuneSystem.parts.voltage.coherence(Date.now());
  }

  selfSeconds(): number {
    return this.timedSeconds + habituatedEvents() * HABITUATED_SECONDS;
  }

  selfErrors(): readonly Point[] {
    return Object.entries(this.errors).map(([sense, value]) => ({
      value,
      attributes: { [semconv.ATTR_SENSE]: sense },
    }));
  }
}

/* What an act may leave out. */
const OPTIONAL: { readonly [field in Exclude<keyof Act, 'sense' | 'operation' | 'target'>]: true } = {
  shell: true,
  argv: true,
  script: true,
  installs: true,
  detached: true,
  sends: true,
  attributes: true,
  principal: true,
  impliedByNode: true,
  onlyIfNovel: true,
  carries: true,
  chain: true,
  linksTo: true,
  bringsTree: true,
};
const OPTIONAL_FIELDS = ReflectOwnKeys(OPTIONAL) as readonly string[];

/* `Object.prototype.impliedByNode = true` would excuse everybody: then acts are read from a copy without a prototype. */
function ownActOf(act: Act): Act {
  for (let i = 0; i < OPTIONAL_FIELDS.length; i++) {
    if ((OPTIONAL_FIELDS[i] as string) in ObjectPrototype) return withoutPrototype(act);
  }
  return act;
}

function withoutPrototype(act: Act): Act {
  const own = { __proto__: null } as unknown as Record<string | symbol, unknown>;
  const keys = ReflectOwnKeys(act);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    own[key] = (act as unknown as Record<string, unknown>)[key];
  }
  return own as unknown as Act;
}

/* Secrets that are taken are remembered as marks, and looked for in what packages send. */
function followSecrets(behavior: SensedBehavior): void {
  const { act, chain, resource } = behavior;
  if (act.sense === 'fs') {
    const { family, path, sensitivity, target } = resource;
    if (act.operation === 'read' && (sensitivity === 'credential' || sensitivity === 'metadata') && path !== '') {
      noteSecretFile(path, target, family ?? 'secrets-file');
    } else if (act.carries !== undefined && hasPackage(chain)) {
      // One alone is a setting that somebody keeps.
      noteEnvironment();
      const carried = secretMarks.isEmpty ? undefined : act.carries();
      if (carried?.several === true) behavior.carried = carried;
    }
  } else if ((act.sense === 'net' || act.sense === 'process') && act.operation !== 'listen' && hasPackage(chain)) {
    noteEnvironment();
    if (act.carries !== undefined && !secretMarks.isEmpty) behavior.carried = act.carries();
  }
}

/* Whatever else is routine: what is sent is another text each time. */
function carriesSecret({ carries }: Act, chain: Chain): boolean {
  return carries !== undefined && !secretMarks.isEmpty && hasPackage(chain) && carries() !== undefined;
}

Object.freeze(Runtime.prototype);

/* Not habituated: what a sense gets used to, it gets used to of everybody. */
const ORDINARY: Assessment = {
  novel: false,
  voltage: 1,
  findings: [],
  ordinary: true,
  habituated: false,
  refusal: undefined,
};

class Outcome implements Perception {
  readonly habituated: boolean;
  readonly refusal: Error | undefined;
  readonly chain: Chain;
  private readonly span: Span | undefined;

  constructor(assessment: Assessment, span: Span | undefined, chain: Chain) {
    this.chain = chain;
    this.habituated = assessment.habituated;
    this.refusal = assessment.refusal;
    this.span = span;
  }

  get isTold(): boolean {
    return this.span !== undefined;
  }

  end(error?: unknown): void {
    if (this.span !== undefined) endActSpan(this.span, error);
  }

  setAttribute(name: string, value: string | number | boolean | string[]): void {
    this.span?.setAttribute(name, value);
  }
}
