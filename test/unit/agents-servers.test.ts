import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { stateOf, takeState } from '../../src/agents/conversation-state.ts';
import { conversationOf, forgetConversations, groupIdOf } from '../../src/agents/conversations.ts';
import { traceOf } from '../../src/agents/mcp-wire.ts';
import { foldersFor, noteServer, otherServerOf, type Server, takeFolders } from '../../src/agents/server-folders.ts';
import { agentPrincipal, toolPrincipal } from '../../src/attribution/packages.ts';
import {
  namedCall,
  parseMoreOfCall,
  parseToolCall,
  runAsTool,
  setMoreOfCall,
  textOfCall,
  toolCallForChild,
  toolCallNow,
} from '../../src/attribution/tool-call.ts';
import { AGENT_RULES } from '../../src/threats/agent-rules.ts';
import { read, type What, World, write } from './threats-builder.ts';

beforeEach(forgetConversations);
afterEach(() => takeFolders(''));

/* As a client starts them: a package with a folder, a program with a file by its environment. */
describe('the files of MCP servers', () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'servers-')));
  mkdirSync(join(root, 'data/photos'), { recursive: true });
  mkdirSync(join(root, 'other'));
  writeFileSync(join(root, 'other/server.mjs'), '');
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  const filesServer = noteServer('@scope/server-files', {
    command: 'npx',
    args: ['-y', '@scope/server-files@1.2.3', join(root, 'data/photos')],
  });
  const memoryServer = noteServer('server', {
    command: 'node',
    args: [join(root, 'other/server.mjs'), `--db=${join(root, 'other/facts.db')}`],
    env: { MEMORY: join(root, 'data/memory.json'), HOME: root },
  });

  const of = (server: Server) => {
    takeFolders(foldersFor(server));
    return (path: string, isChanged = true) => otherServerOf(path.startsWith('/') ? path : join(root, path), isChanged);
  };

  it('are its package wherever it is installed, its program, and what it is given', () => {
    const inMemory = of(memoryServer);
    assert.equal(inMemory('data/photos/a.jpg'), '@scope/server-files');
    assert.equal(inMemory('/home/u/.npm/_npx/1/node_modules/@scope/server-files/dist/index.js'), '@scope/server-files');
    const inFiles = of(filesServer);
    assert.equal(inFiles('other/server.mjs'), 'server');
    assert.equal(inFiles('other/facts.db'), 'server', 'also before it is made');
    assert.equal(inFiles('data/memory.json'), 'server');
  });

  it('are not what is its own, what nobody was given, and what has only the same beginning', () => {
    const inFiles = of(filesServer);
    for (const path of ['data/photos/a.jpg', 'data/other.json', 'other/facts.db-journal', '/etc/hosts', '']) {
      assert.equal(inFiles(path), undefined, path);
    }
    assert.equal(inFiles(join(process.cwd(), 'x')), undefined, 'the folder in which everybody works');
  });

  it('are read by others as far as they are code', () => {
    const inFiles = of(filesServer);
    assert.equal(inFiles('other/server.mjs', false), undefined);
    assert.equal(inFiles('other/facts.db', false), 'server');
  });

  it('that two were given belong to neither', () => {
    const both = noteServer('viewer', { command: 'viewer', args: [join(root, 'data')] });
    assert.equal(of(both)('data/photos/a.jpg'), undefined);
    assert.equal(of(both)('other/facts.db'), 'server');
  });

  it('of servers of the same name are kept apart by their programs', () => {
    const parameters = { command: 'node', args: [join(root, 'other/second.mjs')] };
    const second = noteServer('server', parameters);
    assert.notEqual(second, memoryServer);
    assert.equal(of(second)('other/facts.db'), 'server');
    assert.equal(noteServer('server', parameters), second);
  });

  it('of a server that is started again for another folder are all its own', () => {
    const start = (folder: string) =>
      noteServer('@scope/logs', { command: 'npx', args: ['-y', '@scope/logs', join(root, folder)] });
    const first = start('data/a');
    const again = start('data/b');
    assert.equal(again, first);
    for (const path of ['data/a/x', 'data/b/x']) {
      assert.equal(of(again)(path), undefined, path);
      assert.equal(of(memoryServer)(path), '@scope/logs', path);
    }
  });

  it('bear whatever the parameters hold', () => {
    for (const odd of [
      { command: '' },
      { command: 'x', args: [1, null, {}] },
      { command: 'x', args: 'y', env: 7, cwd: 1 },
    ]) {
      noteServer('odd', odd as never);
    }
    for (const text of ['', ',', '=', ':', 'a', '%', '%=%,a=%2F', 'x'.repeat(1e5)]) takeFolders(text);
    otherServerOf('/x', true);
  });

  const at = (what: What, name: string): What => ({ ...what, resource: { ...what.resource, path: join(root, name) } });
  for (const [act, rule, novel, first] of [
    [at(write('/d/memory.json', 'other'), 'data/memory.json'), AGENT_RULES.otherServerChanged, 'ALERT', 'WARN'],
    [at(read('/d/memory.json', 'other'), 'data/memory.json'), AGENT_RULES.otherServerRead, 'WARN', 'LOG'],
    [at(write('/d/else.json', 'other'), 'elsewhere/else.json'), AGENT_RULES.otherServerChanged, 'none', 'none'],
    [at(read('/d/server.mjs', 'other'), 'other/server.mjs'), AGENT_RULES.otherServerRead, 'none', 'none'],
  ] as const) {
    it(`${act.trait} in ${act.resource.path.slice(root.length)}: ${rule.name} is ${novel}, at first contact ${first}`, () => {
      takeFolders(foldersFor(filesServer));
      for (const [baselines, level] of [
        [{ 'tool:files': ['fs.read:/d/photos/*'] }, novel],
        [{}, first],
        [{ 'tool:files': [act.trait] }, 'none'],
      ] as const) {
        const world = new World({ baselines });
        world.calls('files').does(['<app>', 'tool:files'], act);
        assert.equal(world.matches.find((match) => match.rule.name === rule.name)?.level ?? 'none', level);
      }
    });
  }
});

const step = {
  time: 1,
  principal: 'tool:read',
  trait: 'fs.read:<home>/.npmrc [credential]',
  target: '/home/u/.npmrc',
  family: 'npm',
};

describe('what another process is told of a call', () => {
  const call = { ...namedCall('read', 'clerk', 'c-1'), folders: 'a=%2Fb' };
  setMoreOfCall((of) => ({ group: groupIdOf(of), state: stateOf(of), folders: of.folders ?? '' }));

  it('are names, what the conversation knows, and what is whose; and it comes back as it was', () => {
    const conversation = conversationOf(call);
    assert.ok(conversation);
    conversation.secret = step;
    conversation.untrusted = {
      ...step,
      trait: 'net.connect:x.example:443',
      target: 'x.example:443',
      family: undefined,
    };
    const text = textOfCall(call);
    assert.match(text, /^read\|clerk\|c-1\|\|/);
    forgetConversations();
    const told = parseToolCall(text);
    assert.deepEqual(
      [told?.tool, told?.agent, told?.conversation],
      [toolPrincipal('read'), agentPrincipal('clerk'), 'c-1'],
    );
    const { state, folders } = parseMoreOfCall(text);
    assert.equal(folders, 'a=%2Fb');
    takeState(told as never, state, 5);
    const { secret, untrusted } = conversationOf(call) ?? {};
    // The path itself stays where it is.
    assert.deepEqual(secret, { ...step, time: 5, target: '' });
    assert.deepEqual([untrusted?.target, untrusted?.family], ['x.example:443', undefined]);
  });

  it('does not replace what is known, and bears anything', () => {
    const conversation = conversationOf(call);
    assert.ok(conversation);
    conversation.secret = step;
    for (const text of ['', ',', ',;x;', ';;;,;;;', '%,%', `,a;${'t'.repeat(1e5)};f`, ',a;\u202egpj.evil;f']) {
      takeState(call, text, 9);
      parseToolCall(text);
      parseMoreOfCall(text);
    }
    assert.equal(conversation.secret, step);
    const other = namedCall('t', 'a', 'c-2');
    takeState(other, `,tool:t;${encodeURIComponent(`\u202e\u0000${'t'.repeat(1e4)}`)};f`, 9);
    const trait = conversationOf(other)?.secret?.trait ?? '';
    assert.ok(trait.length > 0 && trait.length < 2_048 && !/[\u0000\u202e]/.test(trait), 'it is shown to people');
  });

  it('is the conversation around a call that names none, also without a name', () => {
    runAsTool(namedCall('plan', 'clerk', 'c-9'), () =>
      runAsTool(namedCall('read', undefined), () => {
        const { tool, agent, conversation } = toolCallNow() ?? {};
        assert.deepEqual([tool?.key, agent?.key, conversation], ['tool:read', 'agent:clerk', 'c-9']);
      }),
    );
    const group = {};
    runAsTool({ ...namedCall('read', 'clerk'), group }, () => {
      const told = parseToolCall(toolCallForChild());
      assert.equal(told?.group, groupIdOf({ ...namedCall('read', 'clerk'), group }));
      assert.notEqual(told?.group, groupIdOf({ ...namedCall('read', 'clerk'), group: {} }));
    });
  });

  it('is at least the trace, where the client of somebody else has written it into the request', () => {
    const id = '4bf92f3577b34da6a3ce929d0e0e4736';
    assert.equal(traceOf({ _meta: { traceparent: `00-${id}-00f067aa0ba902b7-01` } }), id);
    for (const odd of [
      undefined,
      {},
      { _meta: null },
      { _meta: { traceparent: 7 } },
      { _meta: { traceparent: 'x' } },
    ]) {
      assert.equal(traceOf(odd), undefined);
    }
  });
});
