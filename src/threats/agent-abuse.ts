import { type ArgumentMarks, commandIn, marksOf, namesHost, namesPath } from '../agents/argument-marks.ts';
import { type Conversation, conversationOf, type Remembered, readsOwnFile } from '../agents/conversations.ts';
import { fetchedBy, nameOf } from '../agents/fetched-programs.ts';
import { otherServerOf } from '../agents/server-folders.ts';
import type { Deed, Principal, Standing } from '../behavior.ts';
import { parseEndpoint } from '../classification/hosts.ts';
import { mayCarry } from '../classification/rightful-pairs.ts';
import {
  SetPrototypeHas,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from '../primordials.ts';
import type { FindingStep, Level } from '../response/finding.ts';
import { type BaselineView, forEachTrait } from '../voltage/baseline-view.ts';
import type { noveltyClassOf } from '../voltage/novelty-class.ts';
import { AGENT_RULES, type AgentRule } from './agent-rules.ts';
import { domainOf, type Habits, hostOf } from './behavioral-drift.ts';
import { commandOf } from './command-signs.ts';
import { SIGN as S } from './sign-bits.ts';
import { EXFILTRATION_WINDOW, FEW_HOSTS } from './thresholds.ts';
import { targetOf } from './trail.ts';

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
  proposeOtherServer(deed, proposals);
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

const CHANGES: Readonly<Record<string, true | undefined>> = {
  __proto__: null as never,
  write: true,
  delete: true,
  chmod: true,
  link: true,
};

/* Looking whether a file is there tells nothing of what it holds. */
function proposeOtherServer(deed: Deed, proposals: AgentProposal[]): void {
  const { act, resource } = deed.behavior;
  if (act.sense !== 'fs' || deed.standing === 'known') return;
  const isChange = CHANGES[act.operation] === true;
  if (!isChange && act.operation !== 'read') return;
  const server = otherServerOf(resource.path, isChange);
  if (server === undefined) return;
  const rule = isChange ? AGENT_RULES.otherServerChanged : AGENT_RULES.otherServerRead;
  propose(rule, deed, undefined, proposals, deed.standing, server);
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
    if (namesHost(marks, parseEndpoint(act.target).host))
      propose(AGENT_RULES.argumentAsHost, deed, undefined, proposals);
  }
}

function proposeSequence(
  deed: Deed,
  signs: number,
  conversation: Conversation,
  habits: Habits | undefined,
  proposals: AgentProposal[],
): void {
  const { file, secret, untrusted } = conversation;
  const isRecent = (step: Remembered) => deed.time - step.time <= EXFILTRATION_WINDOW * 1000;
  if ((signs & (S.EGRESS | S.TUNNEL)) !== 0 && deed.standing !== 'known') {
    if (secret !== undefined && isRecent(secret) && !isRightful(secret, deed)) {
      propose(AGENT_RULES.secretThenEgress, deed, secret, proposals);
    }
    const isElsewhere = untrusted !== undefined && hostPart(untrusted.target) !== hostPart(targetOf(deed));
    if (isElsewhere && isRecent(untrusted) && isNewPlace(deed, habits)) {
      propose(AGENT_RULES.untrustedThenEgress, deed, untrusted, proposals);
    } else if (isSentWhereContentSays(deed, conversation, habits)) {
      propose(AGENT_RULES.contentNamesHost, deed, undefined, proposals);
    } else if (file !== undefined && isRecent(file) && isSentToReadAddress(deed, conversation)) {
      propose(AGENT_RULES.contentMovesFile, deed, file, proposals);
    }
  }
  if ((signs & S.AGENT_CONFIG) !== 0 && deed.standing !== 'known' && untrusted !== undefined && isRecent(untrusted)) {
    propose(AGENT_RULES.untrustedThenAgentConfig, deed, untrusted, proposals);
  }
  if (deed.behavior.act.sense === 'process' && deed.standing !== 'known' && runsWhatContentSays(deed, conversation)) {
    propose(AGENT_RULES.contentNamesProgram, deed, undefined, proposals);
  }
}

/*
 * Following a link is what agents do, and one that posts to many places is told where. But a tool that has only ever
 * talked to one or two, and now posts where a document says, was told by the document. It needs no settled baseline, but
 * one in which there is some place.
 */
function isSentWhereContentSays(deed: Deed, conversation: Conversation, habits: Habits | undefined): boolean {
  const { act, call, resource } = deed.behavior;
  if (act.sends !== true || habits === undefined || habits.domains.size === 0) return false;
  if (habits.domains.size > FEW_HOSTS || habits.domains.has(domainOf(hostOf(resource.target)))) return false;
  const marks = marksOf(call?.given);
  const { host } = parseEndpoint(act.target);
  return marks !== undefined && namesHost(marks, host) && conversation.hasRead(host);
}

/*
 * What a document links to is fetched every day, and an agent is often told where to post: by its user, not to the
 * letter by a document that is not the application's, in a conversation that also read what is.
 */
function isSentToReadAddress({ behavior }: Deed, conversation: Conversation): boolean {
  const { act, call } = behavior;
  return act.sends === true && call !== undefined && conversation.hasReadAddressOf(call);
}

/* A project's own tools are fetched by name as well: those it declares. */
function runsWhatContentSays({ behavior }: Deed, conversation: Conversation): boolean {
  const asked = fetchedBy(commandOf(behavior.act));
  if (asked === undefined) return false;
  const name = nameOf(asked);
  if (!conversation.hasRead(asked) && !conversation.hasRead(name)) return false;
  const { members } = behavior.chain;
  for (let i = 0; i < members.length; i++) {
    const { kind, dependencies } = members[i] as Principal;
    if (kind === 'app' && SetPrototypeHas(dependencies, name)) return false;
  }
  return true;
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
  else if (act.sense === 'fs' && act.operation === 'read' && resource.resourceClass === 'app') {
    const { call } = deed.behavior;
    if (call !== undefined) readsOwnFile(call);
    if (isNamed(deed)) conversation.file = step();
  }
  if ((act.sense === 'net' && (signs & S.EGRESS) !== 0) || (act.sense === 'fs' && act.operation === 'read')) {
    conversation.untrusted ??= step();
  }
}

/* The model chose the path. */
function isNamed({ behavior }: Deed): boolean {
  const { call, resource } = behavior;
  const marks = marksOf(call?.given);
  return marks !== undefined && namesPath(marks, resource.path);
}

function propose(
  rule: AgentRule,
  deed: Deed,
  before: Remembered | undefined,
  proposals: AgentProposal[],
  standing: Standing = deed.standing,
  about = before?.trait ?? '',
): void {
  const level = standing === 'novel' ? rule.level.novel : rule.level.first;
  if (level === undefined) return;
  const steps: FindingStep[] = [];
  if (before !== undefined) steps[0] = { time: before.time, principal: before.principal, trait: before.trait };
  steps[steps.length] = { time: deed.time, principal: deed.behavior.principal.key, trait: deed.trait };
  const said = replaced(replaced(rule.says, '{0}', about), '{1}', deed.trait);
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
