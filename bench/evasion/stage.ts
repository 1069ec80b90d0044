/** The made-up application that a technique runs in, with a fake home, a sink and a stub; and the run itself. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import dgram from 'node:dgram';
import { once } from 'node:events';
import fs from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { auditOptions } from '../../src/cli/audit.ts';
import type { FindingOfRun, NotedTrait } from './judge.ts';
import type { Technique } from './technique.ts';

export interface RunOptions {
  readonly node: string;
  readonly register: string;
  /** Folder in which stages are made; not below a temporary one, because paths there mean something of their own. */
  readonly folder: string;
  /** As with `diogenesis run --audit`. */
  readonly audit: boolean;
  /** Whether a lock file knows `evil@1.0.0`, which did nothing. */
  readonly locked: boolean;
  /** A native addon that can be loaded, or undefined. */
  readonly addon: string | undefined;
}

export interface Ran {
  /** The act really happened. */
  readonly happened: boolean;
  readonly findings: readonly FindingOfRun[];
  readonly traits: readonly NotedTrait[];
  readonly stderr: string;
  readonly code: number | null;
}

const TIMEOUT = 20_000;
const root = path.join(import.meta.dirname, '../..');

/* `_rawDebug` writes below everything that is watched. */
const PRELUDE = `'use strict';
const { SECRET, LOOT, STUB, HOME, TOKEN, APP } = process.env, SINK = Number(process.env.SINK), DNS = Number(process.env.DNS);
const prove = ((debug, text) => (value) => debug('PROOF ' + text(value)))(process._rawDebug, String);
`;
const INNOCENT = `'use strict';
exports.call = (fn, ...args) => fn(...args);
exports.later = (fn, ...args) => { setTimeout(fn, 1, ...args); };
const deep = (n, fn, args) => (n === 0 ? fn(...args) : deep(n - 1, fn, args));
exports.deep = (n, fn, ...args) => deep(n, fn, args);
exports.helper = (...args) => args;
exports.work = (...args) => exports.helper(...args);
`;
const APP = `require('innocent'); const evil = require('evil'); evil.run?.(require('innocent'));`;

export async function stage(technique: Technique, options: RunOptions): Promise<Ran> {
  const at = fs.mkdtempSync(path.join(options.folder, 'stage-'));
  const canary = `canary${randomBytes(8).toString('hex')}`;
  const token = `token${randomBytes(6).toString('hex')}`;
  const sink = await openSink();
  const dns = dgram.createSocket('udp4');
  let asked = '';
  dns.on('message', (message) => {
    asked += message.toString('latin1');
  });
  dns.bind(0, '127.0.0.1');
  await once(dns, 'listening');
  try {
    const files = furnish(at, technique, options, canary);
    const ran = await run(technique, options, files, {
      TOKEN: token,
      SINK: String(sink.port),
      DNS: String(dns.address().port),
    });
    const proven =
      ran.stderr.includes(`PROOF ${token}`) ||
      ran.stderr.slice(ran.stderr.indexOf('PROOF ')).includes(canary) ||
      holds(files.loot, canary) ||
      fs.existsSync(files.proof) ||
      (technique.deed === 'connect' &&
        (sink.text().includes(token) || sink.connections() > 0 || asked.includes(token)));
    return { happened: proven, ...read(files), ...ran };
  } finally {
    dns.close();
    sink.close();
    fs.rmSync(at, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface Files {
  readonly app: string;
  readonly home: string;
  readonly tmp: string;
  readonly loot: string;
  readonly proof: string;
  readonly stub: string;
  readonly findings: string;
  readonly observations: string;
  readonly lock: string;
}

function furnish(at: string, technique: Technique, options: RunOptions, canary: string): Files {
  const files: Files = {
    app: path.join(at, 'app'),
    home: path.join(at, 'home'),
    tmp: path.join(at, 'scratch'),
    loot: path.join(at, 'out/loot'),
    proof: path.join(at, 'out/proof'),
    stub: path.join(at, 'tools/stub'),
    findings: path.join(at, 'record/findings.jsonl'),
    observations: path.join(at, 'record/observations'),
    lock: path.join(at, 'app/diogenesis.lock.json'),
  };
  const write = (file: string, text: string, mode?: number): void => {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text, { mode });
  };
  for (const folder of ['scratch', 'out', 'record']) fs.mkdirSync(path.join(at, folder), { recursive: true });
  write(path.join(files.home, '.npmrc'), `//registry.example/:_authToken=${canary}\n`);
  write(path.join(files.home, '.netrc'), `machine example login ${canary}\n`);
  write(path.join(files.home, '.bashrc'), '# inert\n');
  write(path.join(files.home, '.ssh/id_ed25519'), `-----BEGIN OPENSSH PRIVATE KEY-----\n${canary}\n`);
  write(path.join(files.home, '.ssh/id_rsa'), `${canary} -----BEGIN RSA PRIVATE KEY-----\n`);
  write(path.join(files.home, '.ssh/server.pem'), `-----BEGIN PRIVATE KEY-----\n${canary}\n`);
  write(path.join(files.home, '.docker/config.json'), JSON.stringify({ auths: { example: { auth: canary } } }));
  write(path.join(files.home, '.aws/credentials'), `aws_access_key_id=inert\naws_secret_access_key=${canary}\n`);
  fs.mkdirSync(path.join(files.home, '.config/google-chrome/Default'), { recursive: true });
  const database = process.getBuiltinModule('node:sqlite');
  if (database !== undefined) {
    const db = new database.DatabaseSync(path.join(files.home, '.config/google-chrome/Default/Login Data'));
    db.exec(`CREATE TABLE logins (password_value TEXT); INSERT INTO logins VALUES ('${canary}')`);
    db.close();
  }
  write(files.stub, `#!/bin/sh\necho ran > '${files.proof}'\n`, 0o755);

  const manifest = (name: string, version: string, more = {}): string =>
    JSON.stringify({ name, version, main: 'index.js', ...more });
  write(
    path.join(files.app, 'package.json'),
    manifest('victim', '1.0.0', { dependencies: { innocent: '*', evil: '*' } }),
  );
  write(path.join(files.app, 'main.js'), technique.app ?? APP);
  const modules = path.join(files.app, 'node_modules');
  write(path.join(modules, 'innocent/package.json'), manifest('innocent', '2.3.4'));
  write(path.join(modules, 'innocent/index.js'), INNOCENT);
  write(path.join(modules, 'evil/package.json'), manifest('evil', '1.0.1'));
  write(path.join(modules, 'evil/index.js'), `${PRELUDE}${technique.evil}\n`);
  for (const [name, text] of Object.entries(technique.files ?? {})) {
    const file = path.join(files.app, name);
    if (text.startsWith('-> ')) {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.symlinkSync(text.slice(3), file);
    } else write(file, text);
  }
  if (options.addon !== undefined) {
    fs.mkdirSync(path.join(modules, 'evil/build'), { recursive: true });
    fs.copyFileSync(options.addon, path.join(modules, 'evil/build/x.node'));
  }
  fs.symlinkSync(path.join(root, 'node_modules/@opentelemetry'), path.join(modules, '@opentelemetry'));
  if (options.locked) write(files.lock, lockFor(modules));
  return files;
}

/* Everybody but the new version behaves as locked. */
function lockFor(modules: string): string {
  const packages: Record<string, { state: string; traits: string[] }> = { '<app>': { state: 'stable', traits: [] } };
  for (const name of fs.readdirSync(modules)) {
    if (name.startsWith('@')) continue;
    const { version } = JSON.parse(fs.readFileSync(path.join(modules, name, 'package.json'), 'utf8'));
    const code = fs.readFileSync(path.join(modules, name, 'index.js'), 'utf8');
    const traits =
      name === 'evil'
        ? []
        : [...new Set([...code.matchAll(/'(node:(?:fs|http|child_process))'/g)].map(([, id]) => `import:${id}`))];
    packages[`${name}@${name === 'evil' ? '1.0.0' : version}`] = { state: 'stable', traits: traits.sort() };
  }
  return `${JSON.stringify({ lockfileVersion: 1, packages, tools: {} }, null, 2)}\n`;
}

async function run(
  technique: Technique,
  options: RunOptions,
  files: Files,
  more: Record<string, string>,
): Promise<{ stderr: string; code: number | null }> {
  const before = technique.before ?? [];
  const preload = before.includes('--no-preload') ? [] : ['--require', options.register];
  const args = [
    ...(options.audit ? auditOptions(files.app, root) : []),
    ...before.filter((option) => option !== '--no-preload'),
    ...preload,
    ...(technique.options ?? []),
    path.join(files.app, 'main.js'),
  ];
  const child = spawn(options.node, args, {
    cwd: files.app,
    env: {
      PATH: process.env.PATH,
      HOME: files.home,
      TMPDIR: files.tmp,
      DIOGENESIS_FINDINGS: files.findings,
      DIOGENESIS_OBSERVATIONS: files.observations,
      DIOGENESIS_LOCK: files.lock,
      DIOGENESIS_ROOT: files.app,
      SECRET: path.join(files.home, '.npmrc'),
      LOOT: files.loot,
      STUB: files.stub,
      APP: files.app,
      DIST: path.dirname(options.register),
      WASM: wasm().toString('base64'),
      ...more,
      ...technique.env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: TIMEOUT,
    killSignal: 'SIGKILL',
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { stderr, code };
}

function read(files: Files): { findings: FindingOfRun[]; traits: NotedTrait[] } {
  const findings: FindingOfRun[] = [];
  for (const line of linesOf(files.findings)) {
    try {
      const { level, trait, pattern, package: by, chain } = JSON.parse(line);
      findings.push({ level, trait, pattern, by: by.version === '' ? by.name : `${by.name}@${by.version}`, chain });
    } catch {
      // The technique wrote into the file.
    }
  }
  const traits: NotedTrait[] = [];
  let names: string[] = [];
  try {
    names = fs.readdirSync(files.observations);
  } catch {
    // The technique removed the folder.
  }
  for (const name of names) {
    for (const line of linesOf(path.join(files.observations, name))) {
      try {
        const note = JSON.parse(line);
        if (Array.isArray(note) && typeof note[1] === 'string') traits.push({ by: note[0], trait: note[1] });
      } catch {
        // Cut off when the process was replaced.
      }
    }
  }
  return { findings, traits };
}

function linesOf(file: string): string[] {
  try {
    return fs
      .readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}

function holds(file: string, text: string): boolean {
  try {
    return fs.readFileSync(file, 'utf8').includes(text);
  } catch {
    return false;
  }
}

async function openSink(): Promise<{ port: number; text(): string; connections(): number; close(): void }> {
  let text = '';
  let connections = 0;
  const server = net.createServer((socket) => {
    connections++;
    socket.on('error', () => {});
    socket.on('data', (data) => {
      text += data;
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    text: () => text,
    connections: () => connections,
    close: () => server.close(),
  };
}

/** A WASI program that writes `.npmrc` of its first preopened folder to its stdout, assembled by hand. */
export function wasm(): Buffer {
  const uint = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...uint(n >> 7)]);
  const text = (s: string): number[] => [...uint(s.length), ...Buffer.from(s)];
  const section = (id: number, ...items: number[][]): number[] => {
    const body = [...uint(items.length), ...items.flat()];
    return [id, ...uint(body.length), ...body];
  };
  const int = (n: number): number[] => [0x41, ...(n < 64 ? [n] : [(n & 127) | 128, n >> 7])];
  const i32 = 0x7f;
  const i64 = 0x7e;
  const wasi = (name: string, type: number): number[] => [...text('wasi_snapshot_preview1'), ...text(name), 0, type];
  const body = [
    // path_open(3, 0, 0, 7, 0, FD_READ, 0, 0, 64)
    ...[3, 0, 0, 7, 0].flatMap(int),
    ...[0x42, 2, 0x42, 0],
    ...[0, 48].flatMap(int),
    ...[0x10, 0, 0x1a],
    // fd_read(*48, 16, 1, 56); the buffer descriptor at 16 is (128, 512)
    ...[...int(48), 0x28, 2, 0],
    ...[16, 1, 56].flatMap(int),
    ...[0x10, 1, 0x1a],
    // fd_write(1, 16, 1, 56)
    ...[1, 16, 1, 56].flatMap(int),
    ...[0x10, 2, 0x1a],
    0x0b,
  ];
  return Buffer.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      [0x60, 9, i32, i32, i32, i32, i32, i64, i64, i32, i32, 1, i32],
      [0x60, 4, i32, i32, i32, i32, 1, i32],
      [0x60, 0, 0],
    ),
    ...section(2, wasi('path_open', 0), wasi('fd_read', 1), wasi('fd_write', 1)),
    ...section(3, [2]),
    ...section(5, [0, 1]),
    ...section(7, [...text('memory'), 2, 0], [...text('_start'), 0, 3]),
    ...section(10, [...uint(body.length + 1), 0, ...body]),
    ...section(11, [0, ...int(0), 0x0b, ...text('.npmrc\0')], [0, ...int(16), 0x0b, 8, 128, 0, 0, 0, 0, 2, 0, 0]),
  ]);
}
