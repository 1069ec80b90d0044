/**
 * Throws in every function of Diogenesis in turn, while a program does a little of everything: it must print and end as
 * it does without Diogenesis.
 *
 *   npm run test:faults                   every function that the program makes us call (some minutes)
 *   npm run test:faults -- --one-in 20    a sample
 *   npm run test:faults -- --only NAME[,NAME]   functions whose name begins so
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import MagicString from 'magic-string';
import { parseAst } from 'rolldown/parseAst';
import { AppFolder } from '../support/app-folder.ts';
import { FUNCTIONS_OF_THE_HOST, PROGRAM } from './program.ts';

const root = path.join(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: {
    'one-in': { type: 'string', default: '1' },
    only: { type: 'string' },
    jobs: { type: 'string', default: String(Math.max(1, os.availableParallelism())) },
    verbose: { type: 'boolean', default: false },
  },
});

const only = values.only?.split(',');

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** Functions by number: their names, as far as they have one. */
const names: string[] = [];

/* Before its first statement each function asks whether it is its turn to throw. */
function makeFaulty(code: string): string {
  const text = new MagicString(code);
  const visit = (value: unknown, name: string): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item, name);
      return;
    }
    if (typeof value !== 'object' || value === null || typeof (value as Node).type !== 'string') return;
    const node = value as Node;
    let inner = nameOf(node) ?? name;
    if (/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) {
      const body = node.body as Node | null;
      if (body !== null) {
        const number = names.push(inner) - 1;
        const ask = `globalThis.fault?.(${number})`;
        if (!canThrow(body)) names[number] = '';
        else if (body.type === 'BlockStatement' || body.type === 'FunctionBody') {
          // Where all that a function does is guarded, it throws within the guard.
          const first = (body.body as readonly Node[]).find(canThrow);
          const guarded = first?.type === 'TryStatement' ? (first.block as Node) : body;
          text.appendLeft(guarded.start + 1, `${ask};`);
        } else {
          text.appendLeft(body.start, `(${ask},(`);
          text.appendRight(body.end, '))');
        }
        inner = `${inner}>`;
      }
    }
    for (const key of Object.keys(node)) if (key !== 'type') visit(node[key], inner);
  };
  visit(parseAst(code).body, '');
  return text.toString();
}

/* Without a call, a property of somebody's object or an operator that calls, nothing can go wrong. */
const RISKY =
  /^(CallExpression|NewExpression|ThrowStatement|MemberExpression|TemplateLiteral|SpreadElement|ForOfStatement|AwaitExpression|YieldExpression|ObjectPattern|ArrayPattern|UpdateExpression)$/;

function canThrow(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(canThrow);
  if (typeof value !== 'object' || value === null || typeof (value as Node).type !== 'string') return false;
  const node = value as Node;
  if (node.type === 'UpdateExpression' && (node.argument as Node).type === 'Identifier') return false;
  if (node.type === 'MemberExpression' && node.computed !== true && isOwn(node)) return false;
  if (RISKY.test(node.type)) return true;
  return Object.keys(node).some((key) => key !== 'type' && canThrow(node[key]));
}

/* `this.a.b` in a method of ours. */
function isOwn({ type, object }: Node): boolean {
  if (type === 'ThisExpression') return true;
  return type === 'MemberExpression' && isOwn(object as Node);
}

function nameOf(node: Node): string | undefined {
  const named = (node.id ?? (node.type === 'AssignmentExpression' ? undefined : node.key)) as Node | null | undefined;
  return named?.type === 'Identifier' ? String(named.name) : undefined;
}

using folder = new AppFolder('faults-');
execFileSync(process.execPath, [path.join(root, 'scripts/build.mjs'), '--readable'], { stdio: 'ignore' });
fs.cpSync(path.join(root, 'dist'), folder.path('dist'), { recursive: true });
execFileSync(process.execPath, [path.join(root, 'scripts/build.mjs')], { stdio: 'ignore' });
for (const name of fs.readdirSync(folder.path('dist'))) {
  if (name.endsWith('.cache')) fs.rmSync(folder.path(`dist/${name}`));
  if (!name.endsWith('.code.js')) continue;
  const file = folder.path(`dist/${name}`);
  fs.writeFileSync(file, makeFaulty(fs.readFileSync(file, 'utf8')));
}
fs.mkdirSync(folder.path('node_modules'));
fs.symlinkSync(path.join(root, 'node_modules/@opentelemetry'), folder.path('node_modules/@opentelemetry'));
folder.write('app/package.json', '{"name":"app","version":"1.0.0","dependencies":{"helper":"*"}}');
folder.package('helper', '1.0.0', PROGRAM, {}, 'app/node_modules/helper');
folder.write('app/node_modules/helper/module.mjs', 'export const answer = 42;');
folder.write('app/node_modules/helper/child.js', 'console.log(require("node:fs").existsSync(__filename));');
folder.write('app/main.js', `require('helper');`);
folder.write('home/.npmrc', '//registry.example/:_authToken=canary\n');

/* Which functions run, or which one throws: from when the program begins. */
folder.write(
  'turn.js',
  `const { TURN } = process.env, seen = new Set(), { _rawDebug } = process;
   let hits = 0;
   globalThis.fault = TURN === 'none' ? (n) => { seen.add(n); } : (n) => { if (n === +TURN) { hits++; throw new Error('fault'); } };
   Object.defineProperty(globalThis, 'fault', { enumerable: false });
   process.on('exit', () => { const { fault } = globalThis; globalThis.fault = undefined; _rawDebug('HIT ' + (TURN === 'none' ? [...seen].join() : hits)); });`,
);

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly hit: string;
}

function differences(expected: string, got: string): string {
  const lines = got.split('\n');
  return expected
    .split('\n')
    .map((line, index) => (line === lines[index] ? '' : `   ${line} | ${lines[index]}\n`))
    .join('');
}

/* The functions of ours that the first error which came out went through. */
function wayOut(stderr: string): string {
  const lines = stderr.split('\n');
  const from = lines.findIndex((line) => /Error: fault$/.test(line));
  const frames: string[] = [];
  for (const line of lines.slice(from + 1)) {
    const frame = /^\s+at (.*) \(?(.*)/.exec(line);
    if (frame === null) break;
    if (/diogenesis/.test(frame[2] as string)) frames.push((frame[1] as string).replace('Object.', ''));
  }
  return frames.slice(1).join(' ← ');
}

let runs = 0;
async function run(turn: string | undefined): Promise<Ran> {
  const scratch = folder.path(`scratch-${runs++}`);
  fs.mkdirSync(scratch);
  const preload =
    turn === undefined ? [] : ['--require', folder.path('dist/register.js'), '--require', folder.path('turn.js')];
  const child = spawn(process.execPath, [...preload, 'main.js'], {
    cwd: folder.path('app'),
    env: {
      PATH: process.env.PATH,
      HOME: folder.path('home'),
      TMPDIR: scratch,
      NODE_NO_WARNINGS: '1',
      DIOGENESIS_QUIET: '1',
      ...(turn === undefined ? {} : { TURN: turn, DIOGENESIS_FINDINGS: path.join(scratch, 'findings.jsonl') }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
    killSignal: 'SIGKILL',
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (data: string) => {
    stdout += data;
  });
  child.stderr.setEncoding('utf8').on('data', (data: string) => {
    stderr += data;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const hit = /^HIT (.*)$/m.exec(stderr)?.[1] ?? '';
  return { code, stdout, stderr, hit };
}

const bare = await run(undefined);
if (bare.code !== 0) throw new Error(bare.stderr);
const { hit, stdout } = await run('none');
if (stdout !== bare.stdout) throw new Error(`not the same without any fault:\n${bare.stdout}\n${stdout}`);
const reached = hit.split(',').map(Number);
const waiting = reached
  .filter((_, index) => index % Number(values['one-in']) === 0)
  .filter((number) => only === undefined || only.some((start) => (names[number] as string).startsWith(start)));
const tried = waiting.length;
const harmed: string[] = [];
let excused = 0;
async function work(): Promise<void> {
  for (let turn = waiting.shift(); turn !== undefined; turn = waiting.shift()) {
    const ran = await run(String(turn));
    const name = names[turn] as string;
    if (ran.code === 0 && ran.stdout === bare.stdout) continue;
    // Called by the host itself: it stands where a function of Node stood, and nothing of ours is above it.
    const isCalledByHost = /Error: fault$/m.test(ran.stderr) && wayOut(ran.stderr) === '';
    if (isCalledByHost || FUNCTIONS_OF_THE_HOST.test(name)) {
      excused++;
      continue;
    }
    harmed.push(`${name} (${turn})`);
    process.stdout.write(`── ${name} (${turn}), exit ${ran.code}: ${wayOut(ran.stderr)}\n`);
    if (values.verbose) process.stdout.write(`${differences(bare.stdout, ran.stdout)}${ran.stderr.slice(0, 3000)}\n`);
  }
}
await Promise.all(Array.from({ length: Number(values.jobs) }, work));
process.stdout.write(
  `${names.length} functions, ${reached.length} of them run; ${tried} made to throw: ${harmed.length} harmed the program` +
    ` (${excused} that take the place of a function of Node, which nothing can catch, left out)\n`,
);
process.exitCode = harmed.length > 0 ? 1 : 0;
