/**
 * Real servers for the tests beside this folder: built or installed from the package registries once a machine, into a
 * cache outside the checkout. Each answers the path of its program, or why it is not to be had.
 *
 * Grafana, Loki and Tempo are not among them: the modules of all three are under the AGPL, which we do not build from.
 * A running Loki is used when LOKI_URL names one.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'diogenesis-otel');

/* For who has no minutes for it (scripts/test-backends.mjs --cached). */
const onlyCached = (): boolean => process.env.TEST_BACKENDS_CACHED === '1';
const NOT_THERE = 'is not there yet; without --cached it is made';

export type Server = { readonly binary: string } | { readonly missing: string };

const CORE = 'go.opentelemetry.io/collector';
const CONTRIB = 'github.com/open-telemetry/opentelemetry-collector-contrib';
const COLLECTOR = '0.155.0';

/* What the files of collector-config/ need, and no more; loadbalancing is not published as 0.155. */
const MANIFEST = `dist: { name: otelcol, output_path: ./build, version: ${COLLECTOR} }
receivers:
  - gomod: ${CORE}/receiver/otlpreceiver v${COLLECTOR}
processors:
  - gomod: ${CORE}/processor/batchprocessor v${COLLECTOR}
  - gomod: ${CORE}/processor/memorylimiterprocessor v${COLLECTOR}
  - gomod: ${CONTRIB}/processor/transformprocessor v${COLLECTOR}
  - gomod: ${CONTRIB}/processor/deltatocumulativeprocessor v${COLLECTOR}
  - gomod: ${CONTRIB}/processor/filterprocessor v${COLLECTOR}
  - gomod: ${CONTRIB}/processor/redactionprocessor v${COLLECTOR}
  - gomod: ${CONTRIB}/processor/tailsamplingprocessor v${COLLECTOR}
exporters:
  - gomod: ${CORE}/exporter/debugexporter v${COLLECTOR}
  - gomod: ${CORE}/exporter/otlpexporter v${COLLECTOR}
  - gomod: ${CORE}/exporter/otlphttpexporter v${COLLECTOR}
  - gomod: ${CONTRIB}/exporter/fileexporter v${COLLECTOR}
  - gomod: ${CONTRIB}/exporter/loadbalancingexporter v0.152.0
  - gomod: ${CONTRIB}/exporter/prometheusexporter v${COLLECTOR}
  - gomod: ${CONTRIB}/exporter/prometheusremotewriteexporter v${COLLECTOR}
connectors:
  - gomod: ${CORE}/connector/forwardconnector v${COLLECTOR}
  - gomod: ${CONTRIB}/connector/countconnector v${COLLECTOR}
extensions:
  - gomod: ${CONTRIB}/extension/bearertokenauthextension v${COLLECTOR}
  - gomod: ${CONTRIB}/extension/healthcheckextension v${COLLECTOR}
  - gomod: ${CONTRIB}/extension/storage/filestorage v${COLLECTOR}
providers:
  - gomod: ${CORE}/confmap/provider/envprovider v1.61.0
  - gomod: ${CORE}/confmap/provider/fileprovider v1.61.0
  - gomod: ${CORE}/confmap/provider/yamlprovider v1.61.0
`;

/** The OpenTelemetry Collector, by its own builder; some minutes the first time. */
export function collector(): Promise<Server> {
  const recipe = createHash('sha256').update(MANIFEST).digest('hex').slice(0, 8);
  return provide(`collector-${COLLECTOR}-${recipe}`, 'build/otelcol', async (folder) => {
    writeFileSync(join(folder, 'manifest.yaml'), MANIFEST);
    const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-trimpath -buildvcs=false -p=2', GOBIN: folder };
    await go(folder, env, 'install', `${CORE}/cmd/builder@v${COLLECTOR}`);
    // It stops in a `go mod tidy` of its own, over modules that only tests need; what it has written is whole.
    const builder = join(folder, 'builder');
    await run(builder, ['--config', 'manifest.yaml', '--skip-compilation'], { cwd: folder, env }).catch(() => {});
    const build = join(folder, 'build');
    await go(build, env, 'mod', 'tidy', '-e', '-compat=1.25');
    await go(build, env, 'build', '-ldflags=-s -w', '-o', 'otelcol', '.');
  });
}

const JAEGER = '1.62.0';
const JAEGER_MAIN = 'github.com/jaegertracing/jaeger/cmd/all-in-one';

/** Jaeger all-in-one with its memory store and its query API (its web page is a placeholder in the module). */
export function jaeger(): Promise<Server> {
  return provide(`jaeger-${JAEGER}`, 'jaeger', async (folder) => {
    writeFileSync(
      join(folder, 'go.mod'),
      `module jaeger\n\ngo 1.22\n\nrequire github.com/jaegertracing/jaeger v${JAEGER}\n\nreplace github.com/Shopify/sarama => github.com/Shopify/sarama v1.33.0\n`,
    );
    writeFileSync(join(folder, 'tools.go'), `//go:build tools\n\npackage tools\n\nimport _ "${JAEGER_MAIN}"\n`);
    const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod -p=2' };
    await go(folder, env, 'mod', 'tidy', '-e');
    await go(folder, env, 'build', '-ldflags=-s -w', '-o', 'jaeger', JAEGER_MAIN);
  });
}

function go(cwd: string, env: NodeJS.ProcessEnv, ...args: string[]): Promise<unknown> {
  return run('go', args, { cwd, env, maxBuffer: 64 << 20 });
}

const ZIPKIN = '3.5.1';

/** Zipkin's jar: a trace store with a web page of its own. Needs a Java. */
export function zipkin(): Promise<Server> {
  const jar = `zipkin-server-${ZIPKIN}-exec.jar`;
  return provide(`zipkin-${ZIPKIN}`, jar, async (folder) => {
    const artifact = `io.zipkin:zipkin-server:${ZIPKIN}:jar:exec`;
    await run('mvn', ['-q', '-B', 'dependency:get', `-Dartifact=${artifact}`, '-Dtransitive=false'], { cwd: folder });
    cpSync(join(homedir(), '.m2/repository/io/zipkin/zipkin-server', ZIPKIN, jar), join(folder, jar));
  });
}

const DEBIAN = {
  prometheus: ['prometheus', 'prometheus-alertmanager'],
  promtool: ['prometheus', 'prometheus-alertmanager'],
  'prometheus-alertmanager': ['prometheus', 'prometheus-alertmanager'],
  amtool: ['prometheus', 'prometheus-alertmanager'],
} as const;

/** Programs of Debian's packages; where the machine has them already, those. */
export async function debian(program: keyof typeof DEBIAN): Promise<Server> {
  const found = () =>
    [...(process.env.PATH ?? '').split(delimiter), '/usr/bin']
      .map((folder) => join(folder, program))
      .find((file) => isExecutable(file));
  const binary = found();
  if (binary !== undefined) return { binary };
  if (onlyCached()) return { missing: `${program} ${NOT_THERE}` };
  if (process.getuid?.() !== 0) return { missing: `${program} is not installed, and only root may install it` };
  // A service that the package would start is not wanted: the tests start their own.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  try {
    await run('apt-get', ['update', '-qq'], { env });
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...DEBIAN[program]], {
      env,
      maxBuffer: 64 << 20,
    });
  } catch (error) {
    return { missing: `${program} cannot be installed: ${firstLine(error)}` };
  }
  const installed = found();
  return installed === undefined ? { missing: `${program} was not installed` } : { binary: installed };
}

/** Builds in a folder of its own that is moved into its place when whole: two at once do not meet, half is not found. */
async function provide(name: string, program: string, make: (folder: string) => Promise<void>): Promise<Server> {
  const folder = join(cache, name);
  const binary = join(folder, program);
  if (existsSync(binary)) return { binary };
  if (onlyCached()) return { missing: `${name} ${NOT_THERE}` };
  const fresh = join(cache, `${name}.${process.pid}`);
  try {
    mkdirSync(fresh, { recursive: true });
    await make(fresh);
    if (!existsSync(join(fresh, program))) return { missing: `${name} was not made` };
    if (!existsSync(binary)) renameSync(fresh, folder);
    return { binary };
  } catch (error) {
    return { missing: `${name} cannot be made: ${firstLine(error)}` };
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function firstLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string };
  return (stderr || message || String(error)).trim().split('\n').slice(-1)[0] as string;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
