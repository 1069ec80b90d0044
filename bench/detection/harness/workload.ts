/** Honest work with real packages: every finding of WARN or above is a false positive. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Installed } from './cache.ts';
import type { Bench } from './incident.ts';
import { LONG } from './incident.ts';
import { type Launched, launch, monitored } from './launch.ts';
import { recordedIn } from './recorded.ts';
import { Sinks } from './sinks.ts';
import type { Baseline, BenignRun, Files, IncidentSet } from './types.ts';
import { World } from './world.ts';

export interface Workload {
  readonly name: string;
  /** Packages it needs; the first is the one it is about. */
  readonly needs: readonly string[];
  /** The application; ends by printing `done`. `n` is the number of the session's input. */
  readonly main: string;
  readonly cjs?: boolean;
  readonly files?: Files;
  readonly env?: Readonly<Record<string, string>>;
  readonly serves?: Readonly<Record<string, string>>;
  readonly set?: IncidentSet;
}

export interface Upgrade {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly main: string;
  readonly cjs?: boolean;
  readonly files?: Files;
  readonly set?: IncidentSet;
}

/** With a lock learned in one session, in six, and without any; `repeats` varied runs of each. */
export async function runWorkload(
  workload: Workload,
  bench: Bench,
  repeats: number,
  baselines: readonly Baseline[] = ['none', 'short', 'long'],
): Promise<BenignRun[]> {
  await using place = await Place.open(workload, bench);
  const install = () => place.install(workload.needs, bench.real());
  await place.learn(install, baselines.includes('long') ? LONG : 1);
  const runs: BenignRun[] = [];
  for (const baseline of baselines) {
    for (let run = 1; run <= repeats; run++) {
      install();
      runs.push(await place.run(baseline, run));
    }
  }
  return runs;
}

/** Learned with the old version, run with the new one. */
export async function runUpgrade(
  upgrade: Upgrade,
  bench: Bench,
  versions: { readonly from: () => Installed; readonly to: () => Installed },
  baselines: readonly Baseline[] = ['short', 'long'],
): Promise<BenignRun[]> {
  await using place = await Place.open({ ...upgrade, needs: [upgrade.name] }, bench);
  await place.learn(() => place.install([upgrade.name], versions.from()), baselines.includes('long') ? LONG : 1);
  const runs: BenignRun[] = [];
  for (const baseline of baselines) {
    place.install([upgrade.name], versions.to());
    runs.push(await place.run(baseline, 1));
  }
  return runs;
}

class Place implements AsyncDisposable {
  private readonly workload: Workload;
  private readonly bench: Bench;
  private readonly sinks: Sinks;
  private readonly world: World;
  private linked: Installed | undefined;

  private constructor(workload: Workload, bench: Bench, sinks: Sinks) {
    this.workload = workload;
    this.bench = bench;
    this.sinks = sinks;
    this.world = new World(join(bench.work, workload.name.replace(/\W+/g, '-')), sinks);
  }

  static async open(workload: Workload, bench: Bench): Promise<Place> {
    return new Place(workload, bench, await Sinks.open(`benign ${workload.name}`));
  }

  install(needs: readonly string[], real: Installed): void {
    const { world, workload } = this;
    const modules = join(world.app, 'node_modules');
    // Linking thousands of files takes longer than most runs: only when another version has to be there.
    const isLinked = this.linked === real;
    world.reset({}, isLinked ? ['node_modules'] : []);
    if (isLinked) rmSync(join(modules, '.cache'), { recursive: true, force: true });
    else real.link(needs, modules);
    this.linked = real;
    world.write('app/package.json', JSON.stringify({ name: 'service', version: '1.0.0', private: true }));
    world.write(`app/${this.file}`, workload.main);
    for (const [file, text] of Object.entries(workload.files ?? {})) world.write(file, text);
  }

  async learn(install: () => void, sessions: number): Promise<void> {
    for (let session = 1; session <= sessions; session++) {
      install();
      const ran = await this.start('learn', session);
      if (!finished(ran)) throw new Error(`does not work: ${tail(ran)}`);
      if (session === 1) this.world.keepLearned('short');
    }
    this.world.keepLearned('long');
  }

  async run(baseline: Baseline, run: number): Promise<BenignRun> {
    this.world.restoreLearned(baseline === 'none' ? undefined : baseline);
    const ran = await this.start('run', 6 + run);
    const ok = finished(ran);
    return {
      name: this.workload.name,
      baseline,
      run,
      ok,
      ...(ok ? {} : { why: tail(ran) }),
      findings: ran.findings,
      recorded: recordedIn(this.world.app),
      set: this.workload.set ?? 'first',
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sinks[Symbol.asyncDispose]();
    rmSync(join(this.world.app, 'node_modules'), { recursive: true, force: true });
  }

  private get file(): string {
    return this.workload.cjs ? 'main.cjs' : 'main.mjs';
  }

  private start(mode: 'learn' | 'run', n: number): Promise<Launched> {
    this.sinks.expect([], this.workload.serves);
    return launch(this.world, {
      argv: monitored(this.world, this.bench.cli, mode, ['node', this.file, String(n)]),
      ...(this.workload.env === undefined ? {} : { env: this.workload.env }),
    });
  }
}

function finished({ code, stdout }: Launched): boolean {
  return code === 0 && /^done/m.test(stdout);
}

function tail({ code, killed, stdout, stderr }: Launched): string {
  return `exit ${code}${killed ? ' (killed)' : ''} ${stdout.slice(-200)} ${stderr.slice(-700)}`
    .replace(/\s+/g, ' ')
    .trim();
}
