import { attribute, type CallSite, chainOfStack } from './attribution/call-sites.ts';
import { chainOf } from './attribution/chain.ts';
import { importsNothing, noteWritten, packageByFolder, packageOfManifest } from './attribution/packages.ts';
import { Baseline } from './baseline/baseline.ts';
import { Policy } from './baseline/policy.ts';
import type { Act, Assessment, Behavior, Chain, Deed, Principal, Resource, Sense, Standing } from './behavior.ts';
import type { Classifier } from './classification/classifier.ts';
import { roleOf } from './classification/roles.ts';
import type { ToolBlock } from './config.ts';
import { forgetRoutines, isRoutine } from './habituation.ts';
import { perceive } from './perception.ts';
import {
  ArrayPrototypePush,
  DateNow,
  ObjectFreeze,
  realpathNative,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
} from './primordials.ts';
import { BlockedError } from './response/blocked-error.ts';
import { denialMatch, type JudgedMatch, withLevel } from './response/denial.ts';
import type { Finding, FindingStep, Level } from './response/finding.ts';
import { severityOf } from './response/finding.ts';
import { type Investigation, investigate } from './response/investigation.ts';
import { Response } from './response/response.ts';
import { Ring } from './ring.ts';
import type { ThreatEngine, ThreatMatch } from './threats/engine.ts';
import type { ConnectionGraph } from './voltage/connection-graph.ts';
import type { VoltageField } from './voltage/voltage-field.ts';

export interface ImmuneSystemParts {
  readonly classifier: Classifier;
  readonly baseline: Baseline;
  readonly voltage: VoltageField;
  readonly graph: ConnectionGraph;
  readonly threats: ThreatEngine;
  readonly response: Response;
  /** What the config file allows, denies and gives another level. */
  readonly policy: Policy;
  /** Acts that raise a finding of this level or higher fail before they happen; `undefined` never. */
  readonly blockFrom: Level | undefined;
  /** The row of the configuration that forbids a trait to a tool. */
  readonly forbids?: ((toolKey: string, trait: string) => ToolBlock | undefined) | undefined;
  /** Every trait of every owner, once or more: where observation files are written. */
  readonly note: ((principal: Principal, trait: string) => void) | undefined;
  /** Every trait that was a step of an ALERT: `learn` names it. */
  readonly dispute?: ((principal: Principal, trait: string) => void) | undefined;
}

/** A behavior with the frame it was made from. */
export interface SensedBehavior extends Behavior {
  readonly site: CallSite | undefined;
}

/** One principal's part in a behavior that may be worth a finding. */
interface Candidate {
  readonly deed: Deed;
  readonly surprise: number;
  readonly matches: readonly JudgedMatch[];
}

/** What the config file denies its doer. */
interface Denial {
  readonly deed: Deed;
  readonly match: ThreatMatch;
}

const HISTORY = 256;
const nothing: Assessment = {
  novel: false,
  voltage: 1,
  findings: [],
  ordinary: true,
  habituated: true,
  refusal: undefined,
};
/* Harmless, but the same act may be denied to whoever does it next. */
const nothingYet: Assessment = { ...nothing, ordinary: false, habituated: false };
const NO_DENIALS: readonly Denial[] = [];
const TOOL_POLICY = {
  name: 'tool_policy',
  description: 'A tool of an AI agent tries what the configuration forbids it.',
  reference: ['AML.T0053'],
} as const;
const CRITICAL = { credential: 1, persistence: 1, shell: 1, native: 1, metadata: 1, 'agent-config': 1, self: 1 };

/** What the same packages do to the same target again and again. */
export interface Routine {
  readonly chain: Chain;
  readonly key: string;
  readonly time: number;
  /** It was found ordinary a moment ago, and need not be weighed. */
  readonly isKnown: boolean;
}

/** Weighs every behavior: whose it is, how it stands with the baseline, what it means, and what to do about it. */
export class ImmuneSystem {
  readonly parts: ImmuneSystemParts;
  readonly findings = new Ring<Finding>(HISTORY);
  readonly investigations = new Ring<Investigation>(HISTORY);
  readonly counts: Record<Level, number> = { LOG: 0, WARN: 0, ALERT: 0 };
  readonly bySense: { [sense in Sense]?: { known: number; novel: number; findings: number } } = {};

  constructor(parts: ImmuneSystemParts) {
    this.parts = ObjectFreeze(parts);
    // `createDiogenesis` hands it out: what it does must not change with whoever gets hold of it.
    const { baseline, classifier, graph, policy, response, threats, voltage } = parts;
    const all = [classifier, graph, threats, voltage];
    for (let i = 0; i < all.length; i++) ObjectFreeze(all[i]);
    Object.preventExtensions(baseline);
    Object.preventExtensions(response);
    Object.preventExtensions(policy);
    ObjectFreeze(this);
  }

  /** Who may be doing this as a matter of routine; `undefined` where that has to be looked at in full. */
  routine(act: Act): Routine | undefined {
    // Node may do it in the course of another act, or it is known whose it is.
    if (act.sense !== 'net' || act.impliedByNode === true || act.onlyIfNovel === true) return undefined;
    if (act.principal !== undefined || act.chain !== undefined) return undefined;
    const time = DateNow();
    if (this.parts.threats.tookSecret(time)) return undefined;
    const chain = chainOfStack(perceive);
    if (chain === undefined) return undefined;
    const key = `${chain.id} ${act.operation} ${act.sends === true ? 'sends' : ''} ${act.target}`;
    return { chain, key, time, isKnown: isRoutine(key, time) };
  }

  /** It was done once more, and not weighed. */
  countKnown(sense: Sense): void {
    this.count(sense, false, 0);
  }

  /** Who did it and what it means. `undefined` when Node did it in the course of an act that was told already. */
  sense(given: Act): SensedBehavior | undefined {
    let act = given;
    let resource = this.parts.classifier.classify(act);
    if (act.sense === 'fs' && resource.sensitivity === undefined) {
      const behind = this.behindLinks(act);
      if (behind !== undefined) {
        act = behind.act;
        resource = behind.resource;
      }
    }
    // Of somebody who has taken a secret, what they do with it is looked at as closely, however deep the stack.
    const hasSecret = this.parts.threats.tookSecret(DateNow());
    const attribution =
      act.principal === undefined && act.chain === undefined
        ? attribute(
            act.sense !== 'fs' || resource.risk === 'high' || hasSecret,
            carriesAway(act) && hasSecret,
            perceive,
          )
        : undefined;
    // A folder that is copied, a module that is loaded: told already, unless it turns out to be a secret.
    if (attribution?.byNode === true && act.impliedByNode === true && !takesSecret(act, resource)) return undefined;
    const found = attribution?.chain ?? act.chain ?? chainOf([act.principal as Principal], 'stack');
    let chain = found;
    if (act.installs !== undefined) {
      if (isPackageManager(found)) chain = chainOfInstalled(act.installs) ?? found;
      // A script hands its environment down: what it starts itself is no further lifecycle script.
      else act = { ...act, installs: undefined };
    }
    const principal = chain.owners[0] as Principal;
    return {
      act,
      resource,
      chain,
      principal,
      trait: this.parts.classifier.traitOf(act, resource, principal),
      call: attribution?.call,
      loading: attribution?.loading,
      textBy: attribution?.textBy,
      time: DateNow(),
      assessment: undefined,
      site: attribution?.site,
    };
  }

  /* Only what a link leads to is a secret: a link of an innocuous name is the oldest way of reading one. */
  private behindLinks(act: Act): { act: Act; resource: Resource } | undefined {
    if (act.operation !== 'read' && act.operation !== 'write' && act.operation !== 'list') return undefined;
    const real = realPathOf(act.target);
    if (real === undefined || real === act.target) return undefined;
    const resolved = { ...act, target: real };
    const resource = this.parts.classifier.classify(resolved);
    return resource.sensitivity === undefined ? undefined : { act: resolved, resource };
  }

  /** True when somebody who answers for it has not done it before. Changes nothing. */
  isNovel(behavior: Behavior): boolean {
    const { owners } = behavior.chain;
    for (let i = 0; i < owners.length; i++) {
      const owner = owners[i] as Principal;
      const trait = this.traitFor(behavior, owner);
      if (trait !== undefined && this.parts.baseline.standing(owner, trait) !== 'known') return true;
    }
    return false;
  }

  /** Weighs a behavior, once: whoever comes first computes, the rest reuse. */
  assess(behavior: Behavior): Assessment {
    behavior.assessment ??= this.weigh(behavior);
    return behavior.assessment;
  }

  private weigh(behavior: Behavior): Assessment {
    const { voltage, threats, graph, policy } = this.parts;
    const deeds = this.deedsOf(behavior);
    const isDeniable = policy.watches(behavior.act.sense, behavior.time);
    if (deeds.length === 0) return this.withoutDeeds(behavior, isDeniable);
    let novel = false;
    let answering: Candidate | undefined;
    for (let i = 0; i < deeds.length; i++) {
      const deed = deeds[i] as Deed;
      if (deed.standing !== 'known') novel = true;
      const surprise = voltage.surprise(deed);
      const level = voltage.observe(deed);
      const candidate = { deed, surprise, matches: this.releveled(threats.observe(deed, level), deed) };
      // The most surprising member answers; on equal terms the nearest, who comes first.
      if (answering === undefined || outweighs(candidate, answering, behavior.act, this.parts.baseline))
        answering = candidate;
    }
    const { agent } = behavior.chain;
    if (agent !== undefined) this.weighAgent(agent, deeds);
    graph.observe(behavior);
    const denials = isDeniable ? this.denialsOf(deeds, behavior) : NO_DENIALS;
    const findings: Finding[] = [];
    for (let i = 0; i < denials.length; i++) this.raiseDenial(denials[i] as Denial, behavior, findings);
    if (answering !== undefined) this.raise(answering, behavior, findings);
    const refusal = this.enforcePolicy(behavior, findings) ?? this.refusalFor(denials, answering, behavior, findings);
    if (refusal !== undefined) markBlocked(findings);
    this.learn(behavior);
    this.count(behavior.act.sense, novel, findings.length);
    const principal = answering?.deed.principal ?? behavior.principal;
    const isHarmless = !isDeniable && (answering?.matches.length ?? 0) === 0 && !isWatched(deeds, threats);
    if (novel || findings.length > 0 || refusal !== undefined || isRemarkable(behavior)) forgetRoutines();
    return {
      novel,
      voltage: voltage.voltageOf(principal.key, behavior.time),
      findings,
      ordinary: isHarmless && !novel && refusal === undefined,
      habituated: isHarmless && behavior.resource.risk === 'low',
      refusal,
    };
  }

  /* Nobody needs a trait for it; a policy may forbid it to a tool all the same. */
  private withoutDeeds(behavior: Behavior, isDeniable: boolean): Assessment {
    const findings: Finding[] = [];
    const refusal = this.enforcePolicy(behavior, findings);
    if (refusal === undefined) return isDeniable ? nothingYet : nothing;
    markBlocked(findings);
    return { novel: false, voltage: 1, findings, ordinary: false, habituated: false, refusal };
  }

  /* What the configuration forbids a tool fails, whatever it means and whoever knows it. */
  private enforcePolicy(behavior: Behavior, findings: Finding[]): Error | undefined {
    const { forbids, baseline, response, voltage } = this.parts;
    const tool = behavior.call?.tool;
    if (forbids === undefined || tool === undefined) return undefined;
    const { act, resource } = behavior;
    const trait =
      this.parts.classifier.traitOf(act, resource, tool) ?? `${act.sense}.${act.operation}:${resource.target}`;
    const row = forbids(tool.key, trait);
    if (row === undefined) return undefined;
    const match: ThreatMatch = {
      pattern: 'tool_policy',
      rule: TOOL_POLICY,
      level: 'WARN',
      reason: `${tool.key} tried what its policy forbids (${trait}): ${row.reason}`,
      steps: [{ time: behavior.time, principal: behavior.principal.key, trait }],
      certainty: 1,
      culprit: tool,
      incident: tool.key,
      isRepeat: false,
    };
    const level = voltage.voltageOf(tool.key, behavior.time);
    const finding = response.respond(match, tool, trait, behavior, level, baseline.describe(tool));
    if (finding !== undefined) {
      this.keep(finding);
      ArrayPrototypePush(findings, finding);
    }
    return new BlockedError(tool.key, trait, finding?.id, act);
  }

  /* An agent has no baseline of its own: it is as far from the expected as its tools are. */
  private weighAgent(agent: Principal, deeds: readonly Deed[]): void {
    for (let i = 0; i < deeds.length; i++) {
      const deed = deeds[i] as Deed;
      if (deed.principal.kind === 'tool') this.parts.voltage.observe({ ...deed, principal: agent });
    }
  }

  /** One deed for every involved member; whoever only passed something on shares the standing of the owners. */
  private deedsOf(behavior: Behavior): Deed[] {
    const { involved, owners } = behavior.chain;
    const deeds: Deed[] = [];
    let standingOfOwners: Standing = 'known';
    for (let i = 0; i < involved.length; i++) {
      const principal = involved[i] as Principal;
      const trait = this.traitFor(behavior, principal);
      if (trait === undefined) continue;
      let standing = this.parts.baseline.standing(principal, trait);
      if (isOwner(owners, principal)) {
        if (standing !== 'known') standingOfOwners = standing;
      } else if (standing !== 'known') standing = standingOfOwners;
      ArrayPrototypePush(deeds, { behavior, principal, trait, standing, time: behavior.time });
    }
    if (behavior.chain.behind.length > 0 && carriesAway(behavior.act)) {
      this.addCarriers(behavior, standingOfOwners, deeds);
    }
    return deeds;
  }

  /* A package that took a secret may let the application's own code carry it away: a client it was handed, a hook. */
  private addCarriers(behavior: Behavior, standing: Standing, deeds: Deed[]): void {
    const { chain, time } = behavior;
    for (let i = 0; i < chain.behind.length; i++) {
      const principal = chain.behind[i] as Principal;
      if (!this.parts.threats.tookSecret(time, principal.key)) continue;
      const trait = this.traitFor(behavior, principal);
      if (trait !== undefined) ArrayPrototypePush(deeds, { behavior, principal, trait, standing, time });
    }
  }

  /* Only owners: it is in their entries of the lock file that the trait stands, and `check` holds them to the same. */
  private denialsOf(deeds: readonly Deed[], { chain }: Behavior): readonly Denial[] {
    const denials: Denial[] = [];
    for (let i = 0; i < deeds.length; i++) {
      const deed = deeds[i] as Deed;
      if (!isOwner(chain.owners, deed.principal)) continue;
      const reason = this.parts.policy.denial(deed.principal.key, deed.trait, deed.time);
      if (reason !== undefined) ArrayPrototypePush(denials, { deed, match: denialMatch(deed, reason) });
    }
    return denials;
  }

  private raiseDenial({ deed, match }: Denial, behavior: Behavior, findings: Finding[]): void {
    const { baseline, response, voltage } = this.parts;
    const { principal, trait } = deed;
    this.disputeSteps(match, principal);
    const level = voltage.accuse(principal.key, match.level, behavior.time);
    const finding = response.respond(match, principal, trait, behavior, level, baseline.describe(principal));
    if (finding === undefined) return;
    this.accuseAgent(behavior, principal, match.level);
    this.keep(finding);
    ArrayPrototypePush(findings, finding);
  }

  /* The config file may give findings about this trait of whoever is named another level. */
  private releveled(matches: readonly ThreatMatch[], { trait, time }: Deed): readonly JudgedMatch[] {
    if (matches.length === 0) return matches;
    const changed: JudgedMatch[] = [];
    for (let i = 0; i < matches.length; i++) {
      const match = matches[i] as ThreatMatch;
      const level = this.parts.policy.levelFor(match.culprit.key, trait, time);
      changed[i] = level === undefined || level === match.level ? match : withLevel(match, level);
    }
    return changed;
  }

  private describe(principal: Principal, trait: string, time: number): string {
    const said = this.parts.baseline.describe(principal);
    const expired = this.parts.policy.expiredException(principal.key, trait, time);
    return expired === undefined ? said : `${said}; its exception (${expired.reason}) expired on ${expired.expires}`;
  }

  private raise(answering: Candidate, behavior: Behavior, findings: Finding[]): void {
    const { voltage, response, threats } = this.parts;
    const { deed, matches } = answering;
    for (let i = 0; i < matches.length; i++) {
      const match = matches[i] as JudgedMatch;
      if (match.level === 'ALERT') this.disputeSteps(match, deed.principal);
      // Its incident has said this already; the act is still refused where acts are.
      if (match.isRepeat) continue;
      const { culprit } = match;
      const level = voltage.accuse(culprit.key, match.level, behavior.time);
      const baseline = this.describe(culprit, deed.trait, behavior.time);
      const finding = response.respond(match, culprit, deed.trait, behavior, level, baseline);
      if (finding === undefined) continue;
      threats.raised(match.forIncident ?? match, deed.principal.key, behavior.time);
      this.accuseAgent(behavior, culprit, match.level);
      this.keep(finding);
      ArrayPrototypePush(findings, finding);
    }
  }

  /* Whoever answers: the tool and the agent on whose behalf it was done are under suspicion with it. */
  private accuseAgent({ chain, call, time }: Behavior, culprit: Principal, level: Level): void {
    const { voltage } = this.parts;
    if (call?.tool !== undefined && call.tool !== culprit) voltage.accuse(call.tool.key, level, time);
    if (chain.agent !== undefined) voltage.accuse(chain.agent.key, level, time);
  }

  private disputeSteps({ steps }: ThreatMatch, principal: Principal): void {
    const { dispute } = this.parts;
    for (let i = 0; dispute !== undefined && i < steps.length; i++) dispute(principal, (steps[i] as FindingStep).trait);
  }

  /** Remembers a finding for `alerts()`, `log()` and `investigations()`. */
  keep(finding: Finding): void {
    this.counts[finding.level]++;
    this.findings.push(finding);
    this.investigations.push(investigate(finding, this.parts.voltage.explain(finding.principal.key)));
  }

  /* Critical traits are never learned silently: they stay novel until somebody writes them into the lock. */
  private learn(behavior: Behavior): void {
    const { baseline, note } = this.parts;
    const { sensitivity } = behavior.resource;
    const isCritical = sensitivity !== undefined && CRITICAL[sensitivity] === 1;
    const { owners } = behavior.chain;
    const { sense, operation, bringsTree } = behavior.act;
    if (sense === 'fs' && operation === 'write') {
      noteWritten(behavior.resource.path, owners[0] as Principal, bringsTree === true);
    }
    for (let i = 0; i < owners.length; i++) {
      const owner = owners[i] as Principal;
      const trait = this.traitFor(behavior, owner);
      if (trait === undefined) continue;
      note?.(owner, trait);
      if (!isCritical) baseline.learn(owner, trait);
    }
  }

  private traitFor(behavior: Behavior, principal: Principal): string | undefined {
    if (principal === behavior.principal) return behavior.trait;
    if (principal.kind === 'tool' && isNoneOfTheTool(behavior)) return undefined;
    return this.parts.classifier.traitOf(behavior.act, behavior.resource, principal);
  }

  private refusalFor(
    denials: readonly Denial[],
    answering: Candidate | undefined,
    behavior: Behavior,
    findings: readonly Finding[],
  ): Error | undefined {
    const { blockFrom } = this.parts;
    if (blockFrom === undefined) return undefined;
    if (denials.length > 0) {
      const { deed, match } = denials[0] as Denial;
      return new BlockedError(deed.principal.key, deed.trait, findings[0]?.id, behavior.act, match.reason);
    }
    if (answering === undefined) return undefined;
    // What was refused once stays refused while its finding is under cooldown.
    for (let i = 0; i < answering.matches.length; i++) {
      const match = answering.matches[i] as ThreatMatch;
      if (severityOf(match.level) >= severityOf(blockFrom)) {
        return new BlockedError(answering.deed.principal.key, answering.deed.trait, findings[0]?.id, behavior.act);
      }
    }
    return undefined;
  }

  private count(sense: Sense, novel: boolean, findings: number): void {
    let count = this.bySense[sense];
    if (count === undefined) {
      count = { known: 0, novel: 0, findings: 0 };
      this.bySense[sense] = count;
    }
    if (novel) count.novel++;
    else count.known++;
    count.findings += findings;
  }
}

ObjectFreeze(ImmuneSystem.prototype);
ObjectFreeze(Baseline.prototype);
ObjectFreeze(Response.prototype);
ObjectFreeze(Policy.prototype);

/* A lifecycle script is the work of the package that is being installed. */
function chainOfInstalled(manifest: string): Chain | undefined {
  const installed = packageOfManifest(manifest);
  return installed === undefined ? undefined : chainOf([installed], 'async');
}

function isPackageManager({ members }: Chain): boolean {
  for (let i = 0; i < members.length; i++) if (!managesPackages(members[i] as Principal)) return false;
  return members.length > 0;
}

/* Or what a package manager brings along: npm starts scripts by its @npmcli/promise-spawn or graceful-fs. */
function managesPackages({ name, root }: Principal): boolean {
  if (roleOf(name) === 'package-manager') return true;
  const at = StringPrototypeLastIndexOf(root, '/node_modules/');
  if (at <= 0) return false;
  const holder = packageByFolder(`${StringPrototypeSlice(root, 0, at)}/package.json`);
  return holder !== undefined && roleOf(holder.name) === 'package-manager';
}

/* What a custom pattern speaks of must be seen every time. */
function isWatched(deeds: readonly Deed[], threats: ThreatEngine): boolean {
  for (let i = 0; i < deeds.length; i++) if (threats.isWatched((deeds[i] as Deed).trait)) return true;
  return false;
}

/*
 * What a package does in its own folder, and what it loads when it is first used, says nothing of the tool that happened
 * to be at work: it would be in another tool's baseline with every run.
 */
function isNoneOfTheTool({ act, principal, resource, trait }: Behavior): boolean {
  if (resource.sensitivity !== undefined) return false;
  return (trait === undefined && principal.kind === 'package') || (act.sense === 'import' && resource.path === '');
}

/*
 * It may give another meaning to what was ordinary before it. Of the network this is what is new, and so novel: no pattern
 * has two steps there, of which the second could be known.
 */
function isRemarkable({ act, resource }: Behavior): boolean {
  return resource.sensitivity !== undefined || (act.sense !== 'net' && resource.risk === 'high');
}

/* Something can leave the process by it. */
function carriesAway(act: Act): boolean {
  return (act.sense === 'net' && act.operation !== 'listen') || act.sense === 'process';
}

function takesSecret({ sense, operation }: Act, { sensitivity }: Resource): boolean {
  return sense === 'fs' && operation === 'read' && sensitivity === 'credential';
}

function realPathOf(path: string): string | undefined {
  try {
    return realpathNative(path);
  } catch {
    return undefined; // it does not exist (yet)
  }
}

function isOwner(owners: Chain['owners'], principal: Principal): boolean {
  for (let i = 0; i < owners.length; i++) if (owners[i] === principal) return true;
  return false;
}

function outweighs(a: Candidate, b: Candidate, { sense }: Act, baseline: Baseline): boolean {
  const difference = highest(a.matches) - highest(b.matches);
  // What code that is known has never done, it was asked for by code that is not.
  if (difference === 0 && a.matches.length > 0) {
    const [ofA, ofB] = [baseline.codeOf(a.deed.principal), baseline.codeOf(b.deed.principal)];
    if (ofA === 'changed' && ofB === 'same') return true;
    if (ofA === 'same' && ofB === 'changed') return false;
  }
  // A package without imports can neither open files nor start programs: it was handed the function that did.
  if (difference === 0 && (sense === 'fs' || sense === 'process')) {
    const handed = importsNothing(b.deed.principal);
    if (handed && a.deed.principal.kind === 'package' && !importsNothing(a.deed.principal)) return true;
  }
  // A tool is a part of the application: what it is accused of is not said of the whole.
  if (difference === 0 && a.matches.length > 0 && b.deed.principal.kind === 'app') {
    if (a.deed.principal.kind === 'tool') return true;
  }
  return difference !== 0 ? difference > 0 : a.surprise > b.surprise;
}

function highest(matches: readonly ThreatMatch[]): number {
  let severity = -1;
  for (let i = 0; i < matches.length; i++) {
    const own = severityOf((matches[i] as ThreatMatch).level);
    if (own > severity) severity = own;
  }
  return severity;
}

function markBlocked(findings: readonly Finding[]): void {
  for (let i = 0; i < findings.length; i++) (findings[i] as Finding).blocked = true;
}
