/** Start-up of an application of 2,000 CommonJS modules in 100 packages, made for the run. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { output, ratios, register, root, row, takeTurns, title } from './paired.ts';

const PACKAGES = 100;
const MODULES_EACH = 20;
const sdkPreload = join(root, 'bench/subjects/sdk.cjs');

/** What is loaded before the application. */
const VARIANTS = {
  bare: [],
  diogenesis: ['--require', register],
  sdk: ['--require', sdkPreload],
  both: ['--require', register, '--require', sdkPreload],
} as const;

export async function benchRequire(rounds = 11): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'diogenesis-bench-'));
  try {
    const main = makeApplication(folder);
    const variants = Object.keys(VARIANTS) as (keyof typeof VARIANTS)[];
    const processor: Record<string, number[]> = { bare: [], diogenesis: [], sdk: [], both: [] };
    const times = await takeTurns(rounds, variants, async (variant) => {
      const begin = process.hrtime.bigint();
      const { user, system } = JSON.parse(await output([...VARIANTS[variant], main]));
      processor[variant]?.push((user + system) / 1000);
      return Number(process.hrtime.bigint() - begin) / 1e6;
    });
    const { bare = [], diogenesis = [], sdk = [], both = [] } = processor;
    title(`start-up of ${PACKAGES * MODULES_EACH} modules, node to exit (targets: ≤ 1.15 alone, ≤ 1.10 in an SDK)`);
    row('bare', times.bare, 0, 'ms');
    row('with diogenesis-otel', times.diogenesis, 0, 'ms');
    row('with an OpenTelemetry SDK', times.sdk, 0, 'ms');
    row('with both', times.both, 0, 'ms');
    row('diogenesis-otel / bare', ratios(times.diogenesis, times.bare), 3, '×');
    row('both / SDK', ratios(times.both, times.sdk), 3, '×');
    // Steadier than the clock on a machine that does other things.
    row('diogenesis-otel / bare, processor time', ratios(diogenesis, bare), 3, '×');
    row('both / SDK, processor time', ratios(both, sdk), 3, '×');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeApplication(folder: string): string {
  const names = Array.from({ length: PACKAGES }, (_, index) => `package-${index}`);
  for (const name of names) {
    const at = join(folder, 'node_modules', name);
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, 'package.json'), JSON.stringify({ name, version: '1.0.0', main: 'm0.js' }));
    for (let index = 0; index < MODULES_EACH; index++) {
      const next = index + 1 < MODULES_EACH ? `exports.next = require('./m${index + 1}.js');\n` : '';
      writeFileSync(
        join(at, `m${index}.js`),
        `const path = require('node:path');\n${next}exports.name = path.basename(__filename);\n`,
      );
    }
  }
  const dependencies = Object.fromEntries(names.map((name) => [name, '1.0.0']));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'bench-app', version: '1.0.0', dependencies }));
  const main = join(folder, 'main.js');
  writeFileSync(
    main,
    `${names.map((name) => `require('${name}');`).join('\n')}\nprocess.stdout.write(JSON.stringify(process.cpuUsage()));\n`,
  );
  return main;
}
