import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { forgetConversations, SAME_CALLS_ALERT, SAME_CALLS_WARN } from '../../src/agents/conversations.ts';
import { nameOfCommand } from '../../src/agents/mcp.ts';
import { AgentWatch } from '../../src/agents/watch.ts';
import { agentPrincipal, toolPrincipal } from '../../src/attribution/packages.ts';
import { Baseline } from '../../src/baseline/baseline.ts';
import { type LockEntry, lockOf } from '../../src/baseline/lock-file.ts';
import { Policy } from '../../src/baseline/policy.ts';
import { createClassifier } from '../../src/classification/classifier.ts';
import { ImmuneSystem } from '../../src/immune-system.ts';
import type { Finding } from '../../src/response/finding.ts';
import { Response } from '../../src/response/response.ts';
import { createThreatEngine } from '../../src/threats/engine.ts';
import { createConnectionGraph } from '../../src/voltage/connection-graph.ts';
import { createVoltageField } from '../../src/voltage/voltage-field.ts';

beforeEach(forgetConversations);

function watch(entries: Record<string, LockEntry> = {}) {
  const told: Finding[] = [];
  const noted: string[] = [];
  const immuneSystem = new ImmuneSystem({
    classifier: createClassifier({
      app: '/app',
      home: '/home/u',
      tmp: ['/tmp'],
      user: 'u',
      platform: 'linux',
      self: [],
    }),
    baseline: new Baseline(lockOf(new Map(Object.entries(entries)))),
    voltage: createVoltageField(),
    graph: createConnectionGraph(),
    threats: createThreatEngine(),
    response: new Response(),
    policy: new Policy({ allow: [], deny: [], levels: [] }, Date.now()),
    blockFrom: undefined,
    note: (principal, trait) => noted.push(`${principal.key} ${trait}`),
  });
  return { agents: new AgentWatch(immuneSystem, (finding) => told.push(finding)), immuneSystem, told, noted };
}

const call = (name: string, given: unknown, conversation = 'c-1') => ({
  tool: toolPrincipal(name),
  agent: agentPrincipal('looper'),
  conversation,
  group: undefined,
  given: { value: given },
});

describe('a runaway loop', () => {
  it('is the same call again and again in one conversation; told once a level', () => {
    const { agents, told, immuneSystem } = watch();
    for (let i = 0; i < SAME_CALLS_WARN - 1; i++) agents.begin(call('search', { q: 'same' }));
    assert.equal(told.length, 0);
    for (let i = 0; i < SAME_CALLS_ALERT; i++) agents.begin(call('search', { q: 'same' }));
    assert.deepEqual(
      told.map(({ level, pattern, principal, agent }) => [level, pattern, principal.key, agent?.conversation]),
      [
        ['WARN', 'resource_abuse', 'tool:search', 'c-1'],
        ['ALERT', 'resource_abuse', 'tool:search', 'c-1'],
      ],
    );
    const { modules } = { modules: immuneSystem.parts.voltage.modules(Date.now()) };
    assert.ok((modules['agent:looper']?.voltage ?? 1) < 0.5);
  });

  it('is not many different calls, nor the same ones of many conversations', () => {
    const { agents, told } = watch();
    for (let i = 0; i < 200; i++) agents.begin(call('read', { file: `${i}.md` }, 'a'));
    for (let i = 0; i < 200; i++) agents.begin(call('read', { file: 'a.md' }, `c-${i}`));
    assert.deepEqual(told, []);
  });
});

const described = (hash: string) => ({ name: 'add', server: 'calculator', what: 'describe' as const, hash });
const approved: LockEntry = { state: 'learning', traits: ['tool.describe:sha256-aa'] };

describe('what was approved of an MCP server', () => {
  it('is written down, and silent while it is the same', () => {
    const { agents, told, noted } = watch({ 'tool:add': approved });
    agents.approve(described('aa'));
    assert.deepEqual([told, noted], [[], ['tool:add tool.describe:sha256-aa']]);
  });

  it('is told when the description is another one', () => {
    const { agents, told } = watch({ 'tool:add': approved });
    agents.approve(described('bb'));
    agents.approve(described('bb'));
    assert.deepEqual(
      told.map(({ level, rule, principal, agent }) => [level, rule.name, principal.key, agent?.name]),
      [['ALERT', 'tool_description_changed', 'tool:add', 'calculator']],
    );
    assert.ok(told[0]?.rule.reference.includes('AML.T0110'));
  });

  it('is told when the program is another one', () => {
    const entry: LockEntry = { state: 'stable', traits: ['tool.serve:sha256-11'] };
    const { agents, told } = watch({ 'tool:mcp:calculator': entry });
    agents.approve({ name: 'mcp:calculator', server: 'calculator', what: 'serve', hash: '22' });
    assert.equal(told[0]?.rule.name, 'tool_server_changed');
  });

  it('is nothing yet for a tool that nobody has approved', () => {
    const { agents, told } = watch({ 'tool:add': { state: 'stable', traits: ['net.connect:x:443'] } });
    agents.approve(described('bb'));
    agents.approve({ ...described('cc'), name: 'other' });
    assert.deepEqual(told, []);
  });

  it('has a name before the server has said it', () => {
    for (const [command, args, name] of [
      ['npx', ['-y', '@scope/server-files@1.2.3', '/data'], '@scope/server-files'],
      ['/usr/bin/node', ['dist/index.js'], 'index'],
      ['node', ['/opt/notes/dist/index.js'], 'notes'],
      ['node', ['--import', './x.mjs', 'server.mjs'], 'x'],
      ['uvx', ['mcp-server-git'], 'mcp-server-git'],
      ['./bin/my-server', [], 'my-server'],
    ] as const) {
      assert.equal(nameOfCommand(command, args), name, `${command} ${args.join(' ')}`);
    }
  });
});
