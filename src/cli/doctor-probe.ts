/** What `diogenesis doctor` lets every process of the command say of itself. */
export interface ProbeReport {
  readonly pid: number;
  readonly title: string;
  readonly node: string;
  readonly error?: string;
  readonly active: boolean;
  readonly mode: string;
  readonly senses: Readonly<Record<string, boolean>>;
  readonly spanProcessor: boolean;
  readonly sampler: boolean;
  readonly hasProvider: boolean;
  readonly problems: readonly string[];
  /** Modules that were there before us. */
  readonly loadedBefore: readonly string[];
  /** What Node was told to load first, `NODE_OPTIONS` before the command line, each as it was at the start. */
  readonly nodeOptions: string;
  readonly execArgv: readonly string[];
  /** CommonJS files that were there when the application loaded Diogenesis in code; none when it has not. */
  readonly beforeInCode: readonly string[] | undefined;
  /** Functions that we patched and somebody patched again. */
  readonly patchedAfter: readonly { readonly name: string; readonly isShimmer: boolean }[];
  /** Functions that are Node's own again, or somebody else's who does not call ours. */
  readonly unpatched: readonly string[];
  /** Packages in memory that are known to patch Node. */
  readonly patchers: readonly string[];
  readonly otel: Readonly<Record<string, string>>;
}

/** Some of what each sense patches; who replaces one of them replaces the others as a rule. */
const WATCHED: readonly (readonly [module: string, path: string])[] = [
  ['fs', 'readFileSync'],
  ['fs', 'readFile'],
  ['fs', 'openSync'],
  ['fs', 'promises.readFile'],
  ['net', 'Socket.prototype.connect'],
  ['http', 'request'],
  ['https', 'request'],
  ['dns', 'lookup'],
  ['child_process', 'spawn'],
  ['child_process', 'execFileSync'],
  ['worker_threads', 'Worker'],
];

/** From their documentation: packages that wrap functions of Node. */
const PATCHERS = [
  '@opentelemetry/instrumentation',
  '@sentry/node',
  'applicationinsights',
  'cls-hooked',
  'dd-trace',
  'elastic-apm-node',
  'graceful-fs',
  'import-in-the-middle',
  'mock-fs',
  'newrelic',
  'nock',
  'require-in-the-middle',
  'shimmer',
];

/**
 * The text of a CommonJS preload that runs right behind ours and writes a report into `folder`, when the process ends
 * and every second until then: a process that is killed has then said something too.
 */
export function probeSource(library: string, folder: string): string {
  return `'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { writeFileSync, renameSync } = fs;
const { isMainThread } = require('node:worker_threads');
const library = ${JSON.stringify(library)};
const own = path.dirname(library) + path.sep;
const order = Object.keys(require.cache).filter((file) => file !== __filename);
const first = order.findIndex((file) => file.startsWith(own));
const loadedBefore = first < 0 ? order : order.slice(0, first);
const watched = ${JSON.stringify(WATCHED)};
const get = ([module, names]) => names.split('.').reduce((value, name) => value && value[name], require('node:' + module));
const at = watched.map(get);
const ours = new Set(order);
const started = { nodeOptions: process.env.NODE_OPTIONS || '', execArgv: [...process.execArgv] };
const isLibrary = (file) => file === library || /[\\\\/]node_modules[\\\\/]diogenesis-otel[\\\\/]dist[\\\\/]index\\.js$/.test(file);
function report() {
  const result = { pid: process.pid, title: process.argv[1] === undefined ? process.argv0 : path.basename(process.argv[1]), node: process.versions.node };
  try {
    const all = Object.keys(require.cache);
    const files = all.filter((file) => !ours.has(file));
    const inCode = all.findIndex(isLibrary);
    const beforeInCode = inCode < 0 ? undefined : all.slice(0, inCode).filter((file) => !ours.has(file) && file !== __filename);
    const { status } = require(library);
    // Asked by us, not by the application, which may still do so.
    if (inCode < 0) delete require.cache[library];
    for (const file of Object.keys(require.cache)) if (!files.includes(file)) ours.add(file);
    const state = status();
    const patchedAfter = [], unpatched = [];
    watched.forEach((one, i) => {
      const now = get(one);
      if (now === at[i] || typeof now !== 'function') return;
      const text = Function.prototype.toString.call(now);
      if (text.includes('[native code]')) unpatched.push(one.join('.'));
      else patchedAfter.push({ name: one.join('.'), isShimmer: now.__wrapped === true });
    });
    const patchers = ${JSON.stringify(PATCHERS)}.filter((name) => files.some((file) => file.includes(path.join('node_modules', name, path.sep))));
    const api = globalThis[Symbol.for('opentelemetry.js.api.1')];
    const otel = {};
    for (const name of Object.keys(process.env)) if (/^OTEL_.*ENDPOINT$/.test(name)) otel[name] = process.env[name];
    Object.assign(result, { active: state.active, mode: state.mode, senses: state.senses, problems: state.problems,
      spanProcessor: state.telemetry.spanProcessor, sampler: state.telemetry.sampler,
      hasProvider: Boolean(api && api.trace), loadedBefore, ...started, beforeInCode, patchedAfter, unpatched, patchers, otel });
  } catch (error) {
    result.error = String(error).split('\\n')[0];
  }
  try {
    const file = path.join(${JSON.stringify(folder)}, process.pid + '.json');
    writeFileSync(file + '.tmp', JSON.stringify(result));
    renameSync(file + '.tmp', file);
  } catch {}
}
if (isMainThread) {
  setInterval(report, 1000).unref();
  process.on('exit', report);
}
`;
}
