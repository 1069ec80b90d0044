import { type ArgumentMarks, commandIn, marksOf, namesHost, namesPath } from '../agents/argument-marks.ts';
import { type Conversation, conversationOf, type Remembered } from '../agents/conversations.ts';
import type { Deed, Standing } from '../behavior.ts';
import { mayCarry } from '../classification/rightful-pairs.ts';
import { StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeStartsWith } from '../primordials.ts';
import type { BuiltInPattern, FindingStep, Level } from '../response/finding.ts';
import { type BaselineView, forEachTrait } from '../voltage/baseline-view.ts';
import type { noveltyClassOf } from '../voltage/novelty-class.ts';
import { domainOf, type Habits, hostOf } from './behavioral-drift.ts';
import { SIGN as S } from './sign-bits.ts';
import { EXFILTRATION_WINDOW, FEW_HOSTS } from './thresholds.ts';
import { targetOf } from './trail.ts';

/*
 * What only agents do: act on what they have read. These rules look at one deed of a tool together with the arguments
 * the tool was given and with what other tools did in the same conversation. References are MITRE ATLAS (AML.*) and
 * ATT&CK. `novel`: the tool has a settled baseline and this is not in it. `first`: it has none.
 */

export interface AgentRule {
  readonly name: string;
  readonly pattern: BuiltInPattern;
  readonly description: string;
  readonly reference: readonly string[];
  readonly level: { readonly novel: Level; readonly first: Level | undefined };
  /** Completes "tool:NAME …"; `{0}` is the step before, `{1}` the deed. */
  readonly says: string;
}

function row<N extends string>(name: N, rule: Omit<AgentRule, 'name'>): AgentRule & { readonly name: N } {
  return { name, ...rule };
}

export const AGENT_RULES = {
  gainsShell: row('tool_gains_shell', {
    pattern: 'privilege_escalation',
    description: 'A tool with a settled baseline starts a shell, which it never did.',
    reference: ['AML.T0053', 'AML.T0050', 'T1059.004'],
    level: { novel: 'WARN', first: undefined },
    says: 'gained a shell it never used ({1})',
  }),
  gainsNetwork: row('tool_gains_network', {
    pattern: 'data_exfiltration',
    description: 'A tool with a settled baseline uses the network, which it never did.',
    reference: ['AML.T0053', 'AML.T0086', 'T1041'],
    level: { novel: 'WARN', first: undefined },
    says: 'gained network access it never used ({1})',
  }),
  gainsCredential: row('tool_gains_credential', {
    pattern: 'data_exfiltration',
    description: 'A tool with a settled baseline reads a secret, which it never did.',
    reference: ['AML.T0098', 'AML.T0053', 'T1552.001'],
    level: { novel: 'WARN', first: undefined },
    says: 'gained access to a secret it never used ({1})',
  }),
  injectedCommand: row('argument_injected_into_command', {
    pattern: 'privilege_escalation',
    description: 'Text of a tool argument breaks out into a command line that the tool composed.',
    reference: ['AML.T0051.001', 'AML.T0053', 'AML.T0050', 'T1059.004'],
    level: { novel: 'ALERT', first: 'ALERT' },
    says: 'ran a command line into which its argument slipped a command ({1})',
  }),
  argumentAsCommand: row('argument_as_command', {
    pattern: 'privilege_escalation',
    description: 'Text of a tool argument is run as a command by a tool that never ran such a one.',
    reference: ['AML.T0053', 'AML.T0050', 'T1059.004'],
    level: { novel: 'ALERT', first: 'LOG' },
    says: 'ran what its argument said ({1})',
  }),
  reviewedShellAbused: row('reviewed_shell_abused', {
    pattern: 'resource_abuse',
    description: 'A tool that may run a shell is made to destroy a home or a disk, or to send a secret away.',
    reference: ['AML.T0101', 'AML.T0086', 'AML.T0053', 'T1485'],
    level: { novel: 'ALERT', first: 'ALERT' },
    says: 'ran a command line that destroys, or sends a secret away ({1})',
  }),
  argumentAsPath: row('argument_as_path', {
    pattern: 'data_exfiltration',
    description: "A path in a tool argument leads out of the tool's folders.",
    reference: ['AML.T0053', 'AML.T0051.001', 'T1083'],
    level: { novel: 'WARN', first: 'LOG' },
    says: 'followed its argument out of the folders that it works in ({1})',
  }),
  argumentAsSecret: row('argument_as_secret', {
    pattern: 'data_exfiltration',
    description: 'A path in a tool argument leads to a secret.',
    reference: ['AML.T0098', 'AML.T0053', 'AML.T0051.001', 'T1552.001'],
    level: { novel: 'ALERT', first: 'WARN' },
    says: 'followed its argument to a secret ({1})',
  }),
  argumentAsHost: row('argument_as_host', {
    pattern: 'data_exfiltration',
    description: 'A host in a tool argument is one that the tool, which knows few, never talked to.',
    reference: ['AML.T0086', 'AML.T0053', 'T1041'],
    level: { novel: 'WARN', first: undefined },
    says: 'followed its argument to a host it never talked to ({1})',
  }),
  secretThenEgress: row('conversation_exfiltration', {
    pattern: 'data_exfiltration',
    description: 'A secret is taken and something is sent out in one conversation, by whichever tools.',
    reference: ['AML.T0086', 'AML.T0098', 'AML.T0051.001', 'T1041'],
    level: { novel: 'ALERT', first: 'ALERT' },
    says: 'sent something out ({1}) in a conversation in which a secret was taken ({0})',
  }),
  untrustedThenEgress: row('untrusted_then_egress', {
    pattern: 'data_exfiltration',
    description:
      'After content from outside was read, a tool of the same conversation reaches a place that is new to it.',
    reference: ['AML.T0051.001', 'AML.T0086', 'T1041'],
    level: { novel: 'WARN', first: undefined },
    says: 'reached a new place ({1}) after the conversation had read content from outside ({0})',
  }),
  untrustedThenAgentConfig: row('untrusted_then_agent_config', {
    pattern: 'privilege_escalation',
    description:
      "After content from outside was read, a tool of the same conversation changes an agent's configuration.",
    reference: ['AML.T0051.001', 'AML.T0081', 'T1546'],
    level: { novel: 'ALERT', first: 'ALERT' },
    says: 'changed the configuration of an agent ({1}) after the conversation had read content from outside ({0})',
  }),
} as const;

export interface AgentProposal {
  readonly rule: AgentRule;
  readonly level: Level;
  readonly reason: string;
  readonly steps: readonly FindingStep[];
}

/* The lock file says `sh`, not what is run: that a model may write commands does not review each of them. */
function isBeyondReview(signs: number): boolean {
  const sendsSecret = (signs & S.COMMAND_SECRET) !== 0 && (signs & S.EGRESS) !== 0;
  return (signs & S.SPAWN) !== 0 && ((signs & S.DESTROY) !== 0 || sendsSecret);
}

const POWERFUL_ON_DISK = S.SECRET | S.METADATA;
/* Where a tool's own work lies, at first contact. */
const AT_HOME: Readonly<Record<string, true | undefined>> = { __proto__: null as never, app: true, tmp: true };

/**
 * Weighs one deed of a tool against its arguments and its conversation, and remembers what later deeds need to know.
 * @param signs of the deed (sign-bits.ts).
 */
export function proposeForTool(
  deed: Deed,
  signs: number,
  habits: Habits | undefined,
  baseline: BaselineView | undefined,
): readonly AgentProposal[] {
  const { call } = deed.behavior;
  if (call === undefined) return NOTHING;
  const proposals: AgentProposal[] = [];
  const conversation = conversationOf(call);
  // Where it is not reviewed, the rules for everybody speak.
  if (deed.standing === 'known' && isBeyondReview(signs)) {
    propose(AGENT_RULES.reviewedShellAbused, deed, undefined, proposals, 'novel');
  }
  const marks = marksOf(call.given);
  if (marks !== undefined) proposeArgument(deed, signs, marks, habits, baseline, proposals);
  if (conversation !== undefined) {
    proposeSequence(deed, signs, conversation, habits, proposals);
    remember(deed, signs, conversation);
  }
  // Last: of one pattern the rule that tells where it came from is told.
  if (deed.standing === 'novel') proposeGain(deed, signs, habits, proposals);
  return proposals;
}

const NOTHING: readonly AgentProposal[] = Object.freeze([]);

function proposeGain(deed: Deed, signs: number, habits: Habits | undefined, proposals: AgentProposal[]): void {
  const knows = (kind: ReturnType<typeof noveltyClassOf>) => habits?.kinds.has(kind) === true;
  if ((signs & S.SHELL) !== 0 && !knows('shell')) propose(AGENT_RULES.gainsShell, deed, undefined, proposals);
  if ((signs & S.EGRESS) !== 0 && !knows('network') && !knows('suspicious-host')) {
    propose(AGENT_RULES.gainsNetwork, deed, undefined, proposals);
  }
  if ((signs & (S.SECRET | S.METADATA)) !== 0 && !knows('credential') && !knows('metadata')) {
    propose(AGENT_RULES.gainsCredential, deed, undefined, proposals);
  }
}

function proposeArgument(
  deed: Deed,
  signs: number,
  marks: ArgumentMarks,
  habits: Habits | undefined,
  baseline: BaselineView | undefined,
  proposals: AgentProposal[],
): void {
  const { act, resource } = deed.behavior;
  if (act.sense === 'process') {
    const how = commandIn(marks, act.target, act.argv, (signs & S.SHELL) !== 0);
    // That the tool may run a shell was reviewed; that its argument may end the command it composed was not.
    if (how === 'injected') propose(AGENT_RULES.injectedCommand, deed, undefined, proposals, 'novel');
    else if (how === 'whole' && deed.standing !== 'known') {
      propose(AGENT_RULES.argumentAsCommand, deed, undefined, proposals);
    }
    return;
  }
  if (deed.standing === 'known') return;
  if (act.sense === 'fs' && resource.path !== '' && namesPath(marks, resource.path)) {
    if ((signs & POWERFUL_ON_DISK) !== 0) {
      // The application's own settings are within its reach anyway.
      const isOwn = resource.resourceClass === 'app' && deed.standing !== 'novel';
      if (!isOwn) propose(AGENT_RULES.argumentAsSecret, deed, undefined, proposals);
    } else if (isOutside(deed, baseline)) propose(AGENT_RULES.argumentAsPath, deed, undefined, proposals);
    return;
  }
  if (act.sense === 'net' && act.operation === 'connect' && isNewPlace(deed, habits)) {
    if (namesHost(marks, hostPart(act.target))) propose(AGENT_RULES.argumentAsHost, deed, undefined, proposals);
  }
}

function proposeSequence(
  deed: Deed,
  signs: number,
  conversation: Conversation,
  habits: Habits | undefined,
  proposals: AgentProposal[],
): void {
  const { secret, untrusted } = conversation;
  const isRecent = (step: Remembered) => deed.time - step.time <= EXFILTRATION_WINDOW * 1000;
  if ((signs & (S.EGRESS | S.TUNNEL)) !== 0 && deed.standing !== 'known') {
    if (secret !== undefined && isRecent(secret) && !isRightful(secret, deed)) {
      propose(AGENT_RULES.secretThenEgress, deed, secret, proposals);
    }
    const isElsewhere = untrusted !== undefined && hostPart(untrusted.target) !== hostPart(targetOf(deed));
    if (isElsewhere && isRecent(untrusted) && isNewPlace(deed, habits)) {
      propose(AGENT_RULES.untrustedThenEgress, deed, untrusted, proposals);
    }
  }
  if ((signs & S.AGENT_CONFIG) !== 0 && deed.standing !== 'known' && untrusted !== undefined && isRecent(untrusted)) {
    propose(AGENT_RULES.untrustedThenAgentConfig, deed, untrusted, proposals);
  }
}

/*
 * Content from outside is what a tool fetched, and any document it read: whoever wrote it may have written instructions.
 * A secret counts when no lock file has it, and when it is not the application's own configuration.
 */
function remember(deed: Deed, signs: number, conversation: Conversation): void {
  const { act, resource, principal } = deed.behavior;
  const step = (): Remembered => ({
    time: deed.time,
    principal: principal.key,
    trait: deed.trait,
    target: targetOf(deed),
    family: resource.family,
  });
  const isSecret = (signs & (S.SECRET | S.METADATA | S.COMMAND_SECRET)) !== 0;
  if (isSecret && deed.standing !== 'known' && resource.resourceClass !== 'app') conversation.secret = step();
  else if (isSecret) return;
  if ((act.sense === 'net' && (signs & S.EGRESS) !== 0) || (act.sense === 'fs' && act.operation === 'read')) {
    conversation.untrusted ??= step();
  }
}

function propose(
  rule: AgentRule,
  deed: Deed,
  before: Remembered | undefined,
  proposals: AgentProposal[],
  standing: Standing = deed.standing,
): void {
  const level = standing === 'novel' ? rule.level.novel : rule.level.first;
  if (level === undefined) return;
  const steps: FindingStep[] = [];
  if (before !== undefined) steps[0] = { time: before.time, principal: before.principal, trait: before.trait };
  steps[steps.length] = { time: deed.time, principal: deed.behavior.principal.key, trait: deed.trait };
  const said = replaced(replaced(rule.says, '{0}', before?.trait ?? ''), '{1}', deed.trait);
  proposals[proposals.length] = { rule, level, reason: `${deed.principal.key} ${said}`, steps };
}

function replaced(text: string, mark: string, by: string): string {
  const at = StringPrototypeIndexOf(text, mark);
  return at < 0 ? text : StringPrototypeSlice(text, 0, at) + by + StringPrototypeSlice(text, at + mark.length);
}

/* With a settled baseline that knows few places; a tool that knows many goes where it is told. */
function isNewPlace(deed: Deed, habits: Habits | undefined): boolean {
  if (deed.standing !== 'novel' || habits === undefined || habits.domains.size > FEW_HOSTS) return false;
  return deed.behavior.act.sense !== 'net' || !habits.domains.has(domainOf(hostOf(deed.behavior.resource.target)));
}

/* None of the folders in its baseline; without one, anything but the application's and temporary ones. */
function isOutside(deed: Deed, baseline: BaselineView | undefined): boolean {
  const { resourceClass } = deed.behavior.resource;
  if (deed.standing !== 'novel' || baseline === undefined) return AT_HOME[resourceClass] !== true;
  const folder = folderOf(deed.trait);
  let isInside = false;
  forEachTrait(baseline, (trait) => {
    if (StringPrototypeStartsWith(trait, 'fs.') && folderOf(trait) === folder) isInside = true;
  });
  return !isInside;
}

/* `fs.read:<app>/docs/a/b.md` → `<app>/docs`: the folder a tool works in, whatever it does there. */
function folderOf(trait: string): string {
  const start = StringPrototypeIndexOf(trait, ':') + 1;
  const first = StringPrototypeIndexOf(trait, '/', start + 1);
  if (first < 0) return StringPrototypeSlice(trait, start);
  const second = StringPrototypeIndexOf(trait, '/', first + 1);
  return StringPrototypeSlice(trait, start, second < 0 ? first : second);
}

function hostPart(target: string): string {
  return hostOf(target);
}

function isRightful(secret: Remembered, deed: Deed): boolean {
  const { family } = secret;
  if (family === undefined) return false;
  const host = hostPart(targetOf(deed));
  const { involved } = deed.behavior.chain;
  for (let i = 0; i < involved.length; i++) {
    const member = involved[i];
    if (member?.kind === 'package' && mayCarry(family, member.name, host)) return true;
  }
  return false;
}
