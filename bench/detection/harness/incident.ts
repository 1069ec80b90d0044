/** One incident family: learn on 1.0.0, then meet the honest 1.0.1 and the bad one, with each baseline. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Installed } from './cache.ts';
import { stage } from './hosts.ts';
import { type Launched, launch, monitored } from './launch.ts';
import { recordedIn } from './recorded.ts';
import { type Arrival, Sinks } from './sinks.ts';
import type { Baseline, Incident, IncidentRun, Packages, Proof, Release } from './types.ts';
import { World } from './world.ts';

export interface Bench {
  /** The tool's CLI. */
  readonly cli: string;
  /** The folder in which scenarios get theirs. */
  readonly work: string;
  /** Real packages for the applications. */
  readonly real: () => Installed;
}

/** Sessions after which a lock is stable. */
export const LONG = 6;
const PATIENCE = 4000;

/** What is run of an incident: every baseline and release, or with `short` alone the bad one. */
export interface Extent {
  readonly baselines: readonly Baseline[];
  readonly benign: boolean;
}
export const WHOLE: Extent = { baselines: ['none', 'short', 'long', 'poisoned'], benign: true };
export const QUICK: Extent = { baselines: ['none', 'short'], benign: true };
export const CROSS: Extent = { baselines: ['short'], benign: false };

/** An incident on its stage, of which every release can be installed and started. */
export interface Staged {
  readonly world: World;
  install(release: 'good' | Release): void;
  /** `through` is what makes the application's command one that is watched. */
  start(through: Through, n: number, release: 'good' | Release): Promise<Launched>;
  /** What did not happen of an act that is proven by more. */
  missing(ran: Launched): Proof | undefined;
  /** When the first secret byte arrived at a sink. */
  leakedAt(): number | undefined;
}

export interface Watched {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}
export type Through = (command: readonly string[], world: World) => Watched;

export function stageIncident(incident: Incident, { work, real }: Pick<Bench, 'work' | 'real'>, sinks: Sinks): Staged {
  const world = new World(join(work, incident.name), sinks);
  const host = stage(incident.host);
  return {
    world,
    install(release) {
      world.reset(incident.stubs);
      for (const [file, text] of Object.entries(host.files)) {
        if (file !== 'package.json') world.write(join('app', file), text);
      }
      const packages = overlay(incident.good, release === 'good' ? {} : incident[release]);
      const manifest = { name: 'orders', version: '1.0.0', ...JSON.parse(host.files['package.json'] ?? '{}') };
      if (incident.host.kind === 'npm') {
        pack(world, packages, manifest, release);
        return;
      }
      const dependencies = Object.fromEntries(Object.keys(packages).map((name) => [name, '^1.0.0']));
      world.write('app/package.json', JSON.stringify({ ...manifest, dependencies }, null, 2));
      for (const [name, files] of Object.entries(packages)) {
        for (const [file, text] of Object.entries(files)) world.write(join('app/node_modules', name, file), text);
      }
      if (host.needs.length > 0) real().link(host.needs, join(world.app, 'node_modules'));
    },
    start(through, n, release) {
      sinks.expect([world.canary], incident.serves);
      const isProven = () => incident.proof.every((proof) => prove(proof, world, sinks));
      const { argv, env } = through(host.command(n), world);
      return launch(world, {
        argv,
        env: { AWS_SECRET_ACCESS_KEY: '@CANARY@', NPM_TOKEN: '@CANARY@', ...incident.env, ...env },
        ...(host.requests === undefined ? {} : { requests: host.requests(n).map((path) => world.fill(path)) }),
        ...(release === 'bad' ? { done: isProven, patience: PATIENCE } : {}),
        ...(incident.proof.some((proof) => 'flood' in proof) ? { limit: 2000 } : {}),
      });
    },
    missing: (ran) => incident.proof.find((proof) => !prove(proof, world, sinks, ran)),
    leakedAt: () => firstLeak(incident.proof, sinks),
  };
}

export async function runIncident(incident: Incident, bench: Bench, extent = WHOLE): Promise<IncidentRun[]> {
  await using sinks = await Sinks.open(incident.name);
  const staged = stageIncident(incident, bench, sinks);
  const { world, install } = staged;
  const start = (mode: 'learn' | 'run', n: number, release: 'good' | Release) =>
    staged.start((command) => ({ argv: monitored(world, bench.cli, mode, command) }), n, release);

  const runs: IncidentRun[] = [];
  const run = async (release: Release, baseline: Baseline, n: number) => {
    install(release);
    world.restoreLearned(baseline === 'none' ? undefined : baseline);
    const ran = await start('run', n, release);
    const missing = release === 'bad' ? staged.missing(ran) : undefined;
    const failed = release === 'benign' && ran.code !== 0;
    runs.push({
      incident: incident.name,
      release,
      baseline,
      proven: release === 'bad' ? missing === undefined : undefined,
      ...(missing === undefined && !failed
        ? {}
        : { why: `${missing === undefined ? '' : `no ${JSON.stringify(missing)}, `}exit ${ran.code}: ${tail(ran)}` }),
      findings: ran.findings,
      recorded: recordedIn(world.app),
      leakedAt: release === 'bad' ? staged.leakedAt() : undefined,
    });
  };

  const { baselines } = extent;
  for (let session = 1; session <= (baselines.includes('long') ? LONG : 1); session++) {
    install('good');
    const { code, stderr } = await start('learn', session, 'good');
    if (code !== 0) throw new Error(`${incident.name} 1.0.0 ends with ${code}: ${stderr.slice(-600)}`);
    if (session === 1) world.keepLearned('short');
  }
  world.keepLearned('long');

  if (baselines.includes('poisoned')) {
    install('bad');
    world.restoreLearned('short', true);
    await start('learn', 7, 'bad');
    world.keepLearned('poisoned');
  }
  for (const baseline of baselines) {
    if (baseline === 'poisoned') continue;
    if (extent.benign) await run('benign', baseline, 8);
    await run('bad', baseline, 9);
  }
  if (baselines.includes('poisoned')) await run('bad', 'poisoned', 10);
  return runs;
}

/** Without `ran` the question is whether anything more has to be waited for. */
function prove(proof: Proof, world: World, sinks: Sinks, ran?: Launched): boolean {
  if ('secret' in proof) return sinks.firstSecret() !== undefined;
  if ('arrives' in proof) return sinks.arrivals.filter((arrival) => is(arrival, proof)).length >= (proof.times ?? 1);
  if ('stub' in proof) return world.read('log/stubs').includes(world.fill(proof.stub));
  if ('file' in proof) return world.read(proof.file).includes(world.fill(proof.holds));
  if ('gone' in proof) return !existsSync(world.path(proof.gone));
  return ran === undefined || ran.killed || ran.bytes >= proof.flood;
}

function is(arrival: Arrival, proof: { readonly arrives: string }): boolean {
  return `${arrival.channel}:${arrival.where} ${arrival.text}`.includes(proof.arrives);
}

function firstLeak(proofs: readonly Proof[], sinks: Sinks): number | undefined {
  const times = proofs.flatMap((proof) => {
    if ('secret' in proof) return sinks.firstSecret() ?? [];
    if ('arrives' in proof && proof.leaks) return sinks.arrivals.find((arrival) => is(arrival, proof))?.time ?? [];
    return [];
  });
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Version 1.0.0 of everything, and 1.0.1 of what changed. */
export function overlay(good: Packages, changed: Packages): Packages {
  const result: Record<string, Record<string, string>> = {};
  for (const name of new Set([...Object.keys(good), ...Object.keys(changed)])) {
    const { 'package.json': manifest, ...files } = { ...good[name], ...changed[name] };
    const version = changed[name] === undefined ? '1.0.0' : '1.0.1';
    const merged = { name, version, main: 'index.js', ...JSON.parse(manifest ?? '{}') };
    result[name] = { ...files, 'package.json': JSON.stringify(merged, null, 2) };
  }
  return result;
}

/** The packages as tarballs, and a package-lock.json, so that `npm ci` needs no registry. Packed once a release. */
function pack(world: World, packages: Packages, manifest: Record<string, unknown>, release: string): void {
  const kept = world.path(`packed/${release}`);
  if (!existsSync(kept)) {
    const dependencies: Record<string, string> = {};
    mkdirSync(join(kept, 'vendor'), { recursive: true });
    for (const [name, files] of Object.entries(packages)) {
      for (const [file, text] of Object.entries(files)) world.write(join('packing', file), text);
      npm(world, world.path('packing'), ['pack', '--ignore-scripts', '--pack-destination', join(kept, 'vendor')]);
      rmSync(world.path('packing'), { recursive: true });
      const { version } = JSON.parse(files['package.json'] as string);
      dependencies[name] = `file:vendor/${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
    }
    world.write(`packed/${release}/package.json`, JSON.stringify({ ...manifest, dependencies }, null, 2));
    npm(world, kept, ['install', '--package-lock-only', '--ignore-scripts']);
  }
  mkdirSync(join(world.app, 'vendor'), { recursive: true });
  const files = readdirSync(join(kept, 'vendor')).map((file) => join('vendor', file));
  for (const file of [...files, 'package.json', 'package-lock.json']) {
    copyFileSync(join(kept, file), join(world.app, file));
  }
  // What npm itself left behind while packing is not the victim's.
  rmSync(join(world.home, '.npm'), { recursive: true, force: true });
}

function npm(world: World, cwd: string, argv: readonly string[]): void {
  const { status, stderr } = spawnSync('npm', argv, { cwd, env: world.environment(), encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm ${argv.join(' ')}: ${stderr}`);
}

function tail({ stdout, stderr }: Launched): string {
  return `${stdout.slice(-150)} ${stderr.slice(-300)}`.replace(/\s+/g, ' ').trim();
}
