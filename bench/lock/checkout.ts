/** An application somewhere on this machine, with a home, a temporary folder and real packages, and what `diogenesis` says of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Installed } from '../detection/harness/cache.ts';
import { Sinks } from '../detection/harness/sinks.ts';
import type { Files } from '../detection/harness/types.ts';
import { World } from '../detection/harness/world.ts';

export interface Application {
  readonly name: string;
  /** Packages it asks for. */
  readonly needs: readonly string[];
  /** By path in the application's folder. `@A@` and `@PORT@` are those of a server on loopback. */
  readonly files: Files;
  /** More files of its home folder. */
  readonly home?: Files;
  readonly command: (n: number) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What the server on loopback answers, by path. */
  readonly serves?: Readonly<Record<string, string>>;
}

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const LOCK = 'diogenesis.lock.json';
const LIMIT = 400_000;

/** The parts of the JSON report of `diogenesis check` that are used here. */
export interface Report {
  readonly commandExit: number | string;
  readonly processes: number;
  readonly observed: number;
  readonly packages: readonly {
    readonly package: string;
    readonly name: string;
    readonly comparedWith: 'own' | 'previous' | 'nothing';
    readonly against?: string;
    readonly unreviewed: readonly { readonly trait: string; readonly level: string; readonly knownOf?: string }[];
  }[];
  readonly harmless: readonly unknown[];
}

export class Checkout implements AsyncDisposable {
  readonly folder: string;
  private readonly application: Application;
  private readonly cli: string;
  private readonly sinks: Sinks;
  private readonly world: World;
  private readonly env: Readonly<Record<string, string>>;
  private linked: string | undefined;

  private constructor(application: Application, cli: string, folder: string, sinks: Sinks, homely: boolean) {
    this.application = application;
    this.cli = cli;
    this.sinks = sinks;
    this.world = new World(folder, sinks);
    this.folder = this.world.app;
    // Where the checkout lies in the home folder, as on a developer's machine; on a server it lies beside it.
    this.env = homely ? { HOME: folder, USER: 'ada', TMPDIR: join(folder, 'scratch') } : {};
  }

  static async open(application: Application, cli: string, folder: string, homely = false): Promise<Checkout> {
    const sinks = await Sinks.open(`${application.name} ${folder.length} ${homely}`);
    return new Checkout(application, cli, folder, sinks, homely);
  }

  /** A clean checkout with these packages installed; what was learned stays. */
  install(installed: Installed): void {
    const { world, application } = this;
    // Linking tens of thousands of files takes longer than most runs: only when other versions have to be there.
    const isLinked = this.linked === installed.folder;
    world.reset({}, isLinked ? ['node_modules'] : []);
    if (isLinked) rmSync(join(world.app, 'node_modules/.cache'), { recursive: true, force: true });
    else {
      installed.link(application.needs, join(world.app, 'node_modules'));
      const bin = join(installed.folder, 'node_modules/.bin');
      if (existsSync(bin)) {
        cpSync(bin, join(world.app, 'node_modules/.bin'), { recursive: true, verbatimSymlinks: true });
      }
      this.linked = installed.folder;
    }
    cpSync(join(installed.folder, 'package-lock.json'), join(world.app, 'package-lock.json'));
    const { name, needs, files, home } = application;
    const dependencies = Object.fromEntries(needs.map((need) => [need, '*']));
    const manifest = {
      name,
      version: '1.0.0',
      private: true,
      dependencies,
      ...JSON.parse(files['package.json'] ?? '{}'),
    };
    for (const [file, text] of Object.entries(files)) world.write(join('app', file), text);
    world.write('app/package.json', JSON.stringify(manifest, null, 2));
    for (const [file, text] of Object.entries(home ?? {})) {
      world.write(this.env.HOME === undefined ? join('home', file) : file, text);
    }
    if (this.env.TMPDIR !== undefined) world.write('scratch/.keep', '');
  }

  /** Learns one session; the command must succeed. */
  async learn(n: number, ...options: string[]): Promise<void> {
    const said = await this.diogenesis(['learn', '--quiet', ...options], this.application.command(n));
    if (said.code !== 0) throw new Error(`${this.application.name} does not work: ${tail(said)}`);
  }

  /** The reports on a run that must succeed: for programs, and what goes into the pull request. */
  async check(n: number): Promise<{ readonly report: Report; readonly markdown: string }> {
    const files = ['report.json', 'report.md'].map((name) => join(this.folder, '..', name));
    for (const file of files) rmSync(file, { force: true });
    const options = files.flatMap((file) => ['--output', file]);
    const said = await this.diogenesis(['check', '--quiet', ...options], this.application.command(n));
    const [json, markdown] = files.map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined));
    if (json === undefined || markdown === undefined) {
      throw new Error(`${this.application.name}: no report: ${tail(said)}`);
    }
    const report = JSON.parse(json) as Report;
    if (report.commandExit !== 0) throw new Error(`${this.application.name} does not work any more: ${tail(said)}`);
    return { report, markdown };
  }

  diogenesis(args: readonly string[], command: readonly string[]): Promise<Said> {
    return this.run([this.cli, ...args, ...(command.length === 0 ? [] : ['--', ...command])]);
  }

  lock(): string {
    return readFileSync(join(this.folder, LOCK), 'utf8');
  }

  private async run(argv: readonly string[]): Promise<Said> {
    this.sinks.expect([], this.application.serves);
    const env = this.world.environment({ ...this.application.env, ...this.env });
    env.PATH = `${join(this.folder, 'node_modules/.bin')}:${env.PATH}`;
    const child = spawn(process.execPath, argv, {
      cwd: this.folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    const kill = setTimeout(() => process.kill(-(child.pid as number), 'SIGKILL'), LIMIT);
    const [code] = (await once(child, 'close')) as [number | null];
    clearTimeout(kill);
    return { code, stdout, stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sinks[Symbol.asyncDispose]();
    rmSync(this.world.root, { recursive: true, force: true });
  }
}

function tail({ code, stdout, stderr }: Said): string {
  return `exit ${code} ${stdout.slice(-600)} ${stderr.slice(-900)}`.replace(/\s+/g, ' ').trim();
}
