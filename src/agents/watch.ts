import { chainOf } from '../attribution/chain.ts';
import { toolPrincipal } from '../attribution/packages.ts';
import type { ToolCall } from '../attribution/tool-call.ts';
import { namedCall } from '../attribution/tool-call.ts';
import type { ImmuneSystem } from '../immune-system.ts';
import { DateNow, SafeSet, StringPrototypeStartsWith } from '../primordials.ts';
import type { BuiltInPattern, Finding, Level } from '../response/finding.ts';
import { agentOf, keysOf, nextFindingId } from '../response/response.ts';
import type { BaselineView } from '../voltage/baseline-view.ts';
import { forEachTrait } from '../voltage/baseline-view.ts';
import { CALLS_WARN, conversationOf, SAME_CALLS_ALERT, SAME_CALLS_WARN } from './conversations.ts';
import type { McpApproval } from './mcp.ts';

interface Rule {
  readonly name: string;
  readonly pattern: BuiltInPattern;
  readonly description: string;
  readonly reference: readonly string[];
}

/* What is seen in calls and descriptions themselves, not in what a tool then does. */
export const CALL_RULES = {
  loop: {
    name: 'runaway_loop',
    pattern: 'resource_abuse',
    description: 'An agent calls a tool again and again in one conversation.',
    reference: ['AML.T0034', 'AML.T0029', 'T1499'],
  },
  description: {
    name: 'tool_description_changed',
    pattern: 'behavioral_drift',
    description: 'An MCP server describes a tool otherwise than when it was approved.',
    reference: ['AML.T0110', 'AML.T0010.005', 'AML.T0051.001'],
  },
  program: {
    name: 'tool_server_changed',
    pattern: 'behavioral_drift',
    description: 'The program of an MCP server is another one than when it was approved.',
    reference: ['AML.T0010.005', 'AML.T0110', 'T1195.002'],
  },
} as const satisfies Record<string, Rule>;

const MAX_TOLD = 1_024;

/** Watches calls of tools as such: how often, and whether they are still the ones that were approved. */
export class AgentWatch {
  private readonly immuneSystem: ImmuneSystem;
  private readonly tell: (finding: Finding, span: object | undefined) => void;
  private readonly told = new SafeSet<string>();

  constructor(immuneSystem: ImmuneSystem, tell: (finding: Finding, span: object | undefined) => void) {
    this.immuneSystem = immuneSystem;
    this.tell = tell;
  }

  /** An execution of a tool begins. */
  begin(call: ToolCall): void {
    const count = conversationOf(call)?.count(call, DateNow());
    if (count === undefined || call.tool === undefined) return;
    const { all, same } = count;
    const level: Level | undefined =
      same >= SAME_CALLS_ALERT ? 'ALERT' : same >= SAME_CALLS_WARN || all >= CALLS_WARN ? 'WARN' : undefined;
    if (level === undefined) return;
    const says =
      same >= SAME_CALLS_WARN
        ? `was called ${same} times with the same arguments in one conversation`
        : `is one of ${all} tool calls of one conversation within ten minutes`;
    const about = `${call.conversation ?? (typeof call.group === 'string' ? call.group : '')} ${level}`;
    this.raise(CALL_RULES.loop, level, call, 'tool.call', `${call.tool.key} ${says}.`, about);
  }

  /** A description or a program was shown: learned, or held to the lock file. */
  approve({ name, server, what, hash }: McpApproval): void {
    const { baseline, note } = this.immuneSystem.parts;
    const tool = toolPrincipal(name);
    const prefix = `tool.${what}:`;
    const trait = `${prefix}sha256-${hash}`;
    const isKnown = baseline.standing(tool, trait) === 'known';
    note?.(tool, trait);
    if (isKnown || !hasOther(baseline.view(tool), prefix)) return;
    baseline.learn(tool, trait);
    const isTool = what === 'describe';
    const rule = isTool ? CALL_RULES.description : CALL_RULES.program;
    const reason = isTool
      ? `${tool.key} of the MCP server ${server} is described otherwise than when it was approved.`
      : `${tool.key} is another program than the MCP server that was approved.`;
    this.raise(rule, 'ALERT', namedCall(name, server), trait, reason, trait);
  }

  private raise(rule: Rule, own: Level, call: ToolCall, trait: string, reason: string, about: string): void {
    const { tool } = call;
    if (tool === undefined) return;
    const key = `${rule.name} ${tool.key} ${about}`;
    if (this.told.has(key) || this.told.size >= MAX_TOLD) return;
    this.told.add(key);
    const { baseline, policy, voltage } = this.immuneSystem.parts;
    const time = DateNow();
    const level = policy.levelFor(tool.key, trait, time) ?? own;
    const chain = chainOf(call.agent === undefined ? [tool] : [tool, call.agent], 'none');
    if (call.agent !== undefined) voltage.accuse(call.agent.key, level, time);
    const finding: Finding = {
      id: nextFindingId(time),
      time,
      level,
      pattern: rule.pattern,
      reason,
      principal: tool,
      chain: keysOf(chain.members),
      trait,
      voltage: voltage.accuse(tool.key, level, time),
      rule: { name: rule.name, description: rule.description, reference: rule.reference },
      steps: [{ time, principal: tool.key, trait }],
      baseline: baseline.describe(tool),
      agent: agentOf(call),
      traceId: undefined,
      spanId: undefined,
    };
    this.immuneSystem.keep(finding);
    this.tell(finding, call.span);
  }
}

/* Something of this kind was approved before, and it was not this. */
function hasOther(baseline: BaselineView | undefined, prefix: string): boolean {
  let has = false;
  if (baseline !== undefined) {
    forEachTrait(baseline, (trait) => {
      has ||= StringPrototypeStartsWith(trait, prefix);
    });
  }
  return has;
}
