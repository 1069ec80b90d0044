/** `diogenesis doctor`: is every sense live, loaded first, exported to somewhere, and who else patches the same functions? */
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { isRegister, splitNodeOptions } from '../../instrumentations/child-process/propagate.ts';
import { type ProbeReport, probeSource } from './doctor-probe.ts';
import { CliError, type Paint, painter, plural, printable, write } from './output.ts';
import { preloadFile, supervise } from './supervise.ts';
import { type CommonOptions, openLock, openRun, openWorkspace, type Workspace } from './workspace.ts';

export interface DoctorOptions extends CommonOptions {
  readonly timeout: number;
  readonly json?: boolean;
}

export interface Diagnosis {
  readonly level: 'ok' | 'note' | 'bad';
  readonly what: string;
}

const SICK = 3;

export async function doctor(command: readonly string[], options: DoctorOptions): Promise<void> {
  const workspace = openWorkspace({ ...options, quiet: true });
  const diagnoses: Diagnosis[] = [lockDiagnosis(workspace)];
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'diogenesis-doctor-'));
  const run = openRun(workspace, 'run', command);
  try {
    const probe = path.join(folder, 'probe.cjs');
    fs.writeFileSync(probe, probeSource(path.join(path.dirname(preloadFile()), 'index.js'), folder));
    const outcome = await supervise(command, workspace, run, {
      mode: undefined,
      alsoPreload: probe,
      timeout: options.timeout * 1000,
      stdoutToStderr: true,
    });
    const reports = readReports(folder);
    if (reports.length === 0) {
      diagnoses.push({
        level: 'bad',
        what: 'no Node process could be observed: is the command a Node program, its Node >= 22.15, and NODE_OPTIONS passed on to it?',
      });
    }
    for (const report of reports) diagnoses.push(...diagnose(report, reports.length > 1));
    diagnoses.push(...onItsOwn(reports, preloadFile(), probe));
    diagnoses.push(...(await whereTelemetryGoes(reports, workspace)));
    if (outcome.code !== 0 && outcome.code !== undefined && !outcome.wasAsked) {
      diagnoses.push({ level: 'note', what: `the command itself failed (exit code ${outcome.code})` });
    }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.rmSync(run.path, { recursive: true, force: true });
  }
  if (options.json === true) write(1, `${JSON.stringify(diagnoses, null, 2)}\n`);
  else write(1, `${doctorText(diagnoses, painter(process.stdout))}\n`);
  process.exitCode = diagnoses.some(({ level }) => level === 'bad') ? SICK : 0;
}

function lockDiagnosis(workspace: Workspace): Diagnosis {
  try {
    const lock = openLock(workspace);
    if (lock === undefined)
      return {
        level: 'note',
        what: `${workspace.lockName} is not there: first contact, only patterns can fire; run "diogenesis learn"`,
      };
    return {
      level: 'ok',
      what: `${workspace.lockName} has ${plural(lock.packages.size + lock.tools.size, 'entry', 'entries')}`,
    };
  } catch (error) {
    if (error instanceof CliError) return { level: 'bad', what: error.message };
    throw error;
  }
}

function readReports(folder: string): ProbeReport[] {
  const reports: ProbeReport[] = [];
  for (const name of fs.readdirSync(folder).sort()) {
    if (!name.endsWith('.json')) continue;
    try {
      reports.push(JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')) as ProbeReport);
    } catch {
      // Killed while it was writing.
    }
  }
  return reports;
}

/** What one process says of itself. */
export function diagnose(report: ProbeReport, isOneOfMany: boolean): Diagnosis[] {
  const who = isOneOfMany ? nameOf(report) : '';
  const found: Diagnosis[] = [];
  const add = (level: Diagnosis['level'], what: string) => found.push({ level, what: who + what });
  if (report.error !== undefined) {
    add('bad', `Diogenesis could not be asked under Node ${report.node} (${printable(report.error)})`);
    return found;
  }
  if (!report.active) {
    add('bad', report.mode === 'off' ? 'mode is off: nothing is watched' : 'Diogenesis is not active');
    return found;
  }
  const dead = Object.entries(report.senses).filter(([, alive]) => !alive);
  if (dead.length === 0)
    add(
      'ok',
      `every sense is live: ${Object.keys(report.senses).join(', ')} (Node ${report.node}, mode ${report.mode})`,
    );
  else add('bad', `not live: ${dead.map(([name]) => name).join(', ')}`);
  if (report.loadedBefore.length === 0) add('ok', 'loaded before any other code, as "diogenesis run" does it');
  else
    add(
      'bad',
      `loaded late, after ${report.loadedBefore.slice(0, 3).map(printable).join(', ')}: put "--require diogenesis-otel/register" first`,
    );
  if (report.unpatched.length > 0)
    add('bad', `replaced by somebody who does not call us any more: ${report.unpatched.join(', ')}`);
  if (report.patchedAfter.length > 0) {
    const names = report.patchedAfter
      .map(({ name, isShimmer }) => `${name}${isShimmer ? ' (shimmer)' : ''}`)
      .join(', ');
    const by =
      report.patchers.length === 0 ? '' : `; loaded and known to patch: ${report.patchers.map(printable).join(', ')}`;
    add('note', `also patched by others: ${names}${by}`);
  }
  for (const problem of report.problems) add('note', printable(problem));
  return found;
}

function nameOf({ pid, title }: ProbeReport): string {
  return `process ${pid} (${printable(title)}): `;
}

const PRELOAD = '"--require diogenesis-otel/register"';

/**
 * The preload of this command comes first in any application. How the application loads Diogenesis where nobody runs it
 * by this command, its own options and code tell; the environment there, nobody can know here.
 */
export function onItsOwn(reports: readonly ProbeReport[], preload: string, probe: string): Diagnosis[] {
  const found: Diagnosis[] = [];
  for (const report of reports) {
    if (report.error !== undefined) continue;
    const add = (level: Diagnosis['level'], what: string) =>
      found.push({ level, what: `${reports.length > 1 ? nameOf(report) : ''}on its own it ${what}` });
    const preloads = preloadsOf(report, preload, probe);
    const at = preloads.findIndex((specifier) => isRegister(specifier, path.dirname(preload)));
    if (at === 0) add('ok', 'preloads Diogenesis before any other code');
    else if (at > 0)
      add('bad', `preloads Diogenesis late, after ${listed(preloads.slice(0, at))}: put ${PRELOAD} first`);
    else if (report.beforeInCode !== undefined) {
      const packages = packagesOf(report.beforeInCode);
      if (packages.length === 0) add('ok', 'loads Diogenesis in code, before any CommonJS package');
      else {
        add(
          'note',
          `loads Diogenesis in code, after ${listed(packages)}: what these do while they load goes unseen without ${PRELOAD}`,
        );
      }
    }
  }
  if (found.length > 0 || reports.every(({ error }) => error !== undefined)) return found;
  return [
    {
      level: 'note',
      what: `on its own it does not load Diogenesis: it is watched under "diogenesis run" only, or with NODE_OPTIONS=${PRELOAD}`,
    },
  ];
}

/* Without ours, and in the order in which Node loads them. */
function preloadsOf({ nodeOptions, execArgv }: ProbeReport, preload: string, probe: string): string[] {
  const required: string[] = [];
  const imported: string[] = [];
  for (const words of [splitNodeOptions(nodeOptions), execArgv]) {
    for (let i = 0; i < words.length; i++) {
      const [, option, value] = /^(-r|--require|--import)(?:=(.*))?$/s.exec(words[i] as string) ?? [];
      if (option === undefined) continue;
      const specifier = value ?? words[++i];
      if (specifier === undefined) continue;
      // Ours is the one in front of the probe.
      if (specifier === probe && required.at(-1) === preload) required.pop();
      else if (specifier !== probe) (option === '--import' ? imported : required).push(specifier);
    }
  }
  return [...required, ...imported];
}

function packagesOf(files: readonly string[]): string[] {
  const names = files.map((file) => /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/s.exec(file)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

function listed(names: readonly string[]): string {
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `${names.slice(0, 3).map(printable).join(', ')}${more}`;
}

async function whereTelemetryGoes(reports: readonly ProbeReport[], { config }: Workspace): Promise<Diagnosis[]> {
  const active = reports.filter((report) => report.active);
  if (active.length === 0) return [];
  const found: Diagnosis[] = [];
  let isExported = false;
  for (const report of active) {
    if (report.spanProcessor) isExported = true;
    if (report.hasProvider && !report.spanProcessor) {
      found.push({
        level: 'note',
        what: `process ${report.pid}: an OpenTelemetry SDK without our span processor; use withDiogenesis() (findings still reach stderr and --findings)`,
      });
    }
    if (report.spanProcessor && !report.sampler) {
      found.push({
        level: 'note',
        what: `process ${report.pid}: the sampler is not wrapped: a finding in a trace that is sampled out has no span, only a log record`,
      });
    }
  }
  for (const endpoint of endpointsOf(active, config.otlpEndpoint)) {
    const reachable = await canConnect(endpoint);
    found.push(
      reachable
        ? { level: 'ok', what: `telemetry goes to ${endpoint}, which accepts connections` }
        : {
            level: 'bad',
            what: `telemetry goes to ${endpoint}, which does not accept connections: findings would be lost on the way`,
          },
    );
  }
  if (!isExported && config.otlpEndpoint === undefined) {
    const file = process.env.DIOGENESIS_FINDINGS ?? config.findings;
    found.push(
      file === undefined
        ? {
            level: 'bad',
            what: 'findings go to stderr only and are lost with it: set up OpenTelemetry, DIOGENESIS_OTLP_ENDPOINT or --findings FILE',
          }
        : { level: 'ok', what: `findings go to ${file}` },
    );
  }
  return found;
}

/* What the environment configures; an exporter built in code is known to the app alone. */
function endpointsOf(reports: readonly ProbeReport[], own: string | undefined): string[] {
  const endpoints = new Set<string>();
  if (own !== undefined) endpoints.add(own);
  for (const { otel } of reports) {
    for (const name of ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']) {
      const value = otel[name];
      if (value !== undefined && value !== '') endpoints.add(value);
    }
  }
  return [...endpoints];
}

function canConnect(endpoint: string): Promise<boolean> {
  return new Promise((resolve) => {
    let url: URL;
    try {
      url = new URL(endpoint);
    } catch {
      resolve(false);
      return;
    }
    const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
    const socket = net.connect({ host: url.hostname.replace(/^\[|\]$/g, ''), port, timeout: 2000 });
    const end = (reachable: boolean) => {
      socket.destroy();
      resolve(reachable);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

export function doctorText(diagnoses: readonly Diagnosis[], paint: Paint): string {
  const marks = { ok: paint('green', 'ok  '), note: paint('yellow', 'note'), bad: paint('red', 'BAD ') };
  return diagnoses.map(({ level, what }) => `${marks[level]}  ${what}`).join('\n');
}
