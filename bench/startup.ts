/** Start-up of applications of many modules, made for the run: node to exit. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ALL_PRELOADS,
  output,
  PRELOADS,
  type Preload,
  type Row,
  ratios,
  register,
  type Settings,
  type Table,
  takeTurns,
} from './paired.ts';

const MODULES_EACH = 20;
type Format = 'CommonJS' | 'ES modules';
interface Run {
  readonly wall: number;
  /** Of the processor: steadier than the clock on a machine that does other things. */
  readonly processor: number;
}

export async function benchStartup({ quick }: Settings): Promise<Table[]> {
  const tables: Table[] = [];
  for (const [packages, rounds] of quick
    ? ([[100, 3]] as const)
    : ([
        [10, 11],
        [100, 11],
        [500, 3],
      ] as const)) {
    const folder = mkdtempSync(join(tmpdir(), 'diogenesis-bench-'));
    try {
      const rows: Row[] = [];
      for (const format of quick ? (['CommonJS'] as const) : (['CommonJS', 'ES modules'] as const)) {
        makeApplication(join(folder, format), packages, format);
        rows.push(...(await compare(join(folder, format), format, rounds, packages === 100)));
      }
      tables.push({ title: `Start-up of ${packages * MODULES_EACH} modules in ${packages} packages`, rows });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return tables;
}

async function compare(folder: string, format: Format, rounds: number, isTarget: boolean): Promise<Row[]> {
  const main = join(folder, 'main.js');
  const run = async (preload: readonly string[], env?: Record<string, string>): Promise<Run> => {
    const begin = process.hrtime.bigint();
    const { user, system } = JSON.parse(await output([...preload, main], env, folder));
    return { wall: Number(process.hrtime.bigint() - begin) / 1e6, processor: (user + system) / 1000 };
  };
  const variants: (Preload | 'import' | 'locked')[] = [...ALL_PRELOADS, 'import', 'locked'];
  const runs = await takeTurns(rounds, variants, (variant) => {
    if (variant === 'import') return run(['--import', register]);
    if (variant === 'locked') return run(['--require', register], { DIOGENESIS_LOCK: join(folder, 'locked.json') });
    return run(PRELOADS[variant]);
  });
  const walls = (variant: (typeof variants)[number]) => runs[variant].map(({ wall }) => wall);
  const processors = (variant: (typeof variants)[number]) => runs[variant].map(({ processor }) => processor);
  const times = { unit: '×', digits: 3 };
  const alone = { ...times, ...(isTarget ? { atMost: 1.15 } : {}) };
  const inSdk = { ...times, ...(isTarget ? { atMost: 1.1 } : {}) };
  return [
    { label: `${format}: bare`, values: walls('bare'), unit: 'ms', digits: 0 },
    { label: `${format}: --require / bare`, values: ratios(walls('diogenesis'), walls('bare')), ...alone },
    {
      label: `${format}: --require / bare, processor time`,
      values: ratios(processors('diogenesis'), processors('bare')),
      ...times,
    },
    { label: `${format}: --require with a lock / bare`, values: ratios(walls('locked'), walls('bare')), ...times },
    { label: `${format}: --import / bare`, values: ratios(walls('import'), walls('bare')), ...times },
    { label: `${format}: OpenTelemetry SDK / bare`, values: ratios(walls('sdk'), walls('bare')), ...times },
    { label: `${format}: SDK with Diogenesis / SDK`, values: ratios(walls('both'), walls('sdk')), ...inSdk },
    {
      label: `${format}: SDK with Diogenesis / SDK, processor time`,
      values: ratios(processors('both'), processors('sdk')),
      ...times,
    },
  ];
}

/** An application of so many packages of twenty modules each, with a lock file beside it. */
export function makeApplication(folder: string, packages: number, format: Format): void {
  const isModule = format === 'ES modules';
  const type = isModule ? 'module' : 'commonjs';
  const names = Array.from({ length: packages }, (_, index) => `package-${index}`);
  for (const name of names) {
    const at = join(folder, 'node_modules', name);
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, 'package.json'), JSON.stringify({ name, version: '1.0.0', main: 'm0.js', type }));
    for (let index = 0; index < MODULES_EACH; index++) {
      const next = index + 1 < MODULES_EACH ? `./m${index + 1}.js` : undefined;
      const text = isModule
        ? `import path from 'node:path';\n${next ? `import '${next}';\n` : ''}export const name = path.basename(import.meta.url);\n`
        : `const path = require('node:path');\n${next ? `require('${next}');\n` : ''}exports.name = path.basename(__filename);\n`;
      writeFileSync(join(at, `m${index}.js`), `${text}//${' filler'.repeat(100)}\n`);
    }
  }
  const dependencies = Object.fromEntries(names.map((name) => [name, '1.0.0']));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'app', version: '1.0.0', type, dependencies }));
  const packagesLocked = Object.fromEntries(names.map((name) => [`${name}@1.0.0`, { state: 'stable', traits: [] }]));
  packagesLocked['<app>'] = { state: 'stable', traits: names.map((name) => `import:${name}`).sort() as never[] };
  const lock = { lockfileVersion: 1, packages: packagesLocked, tools: {} };
  writeFileSync(join(folder, 'locked.json'), JSON.stringify(lock, null, 2));
  const load = (name: string) => (isModule ? `import '${name}';` : `require('${name}');`);
  const print = 'process.stdout.write(JSON.stringify(process.cpuUsage()));';
  writeFileSync(join(folder, 'main.js'), `${names.map(load).join('\n')}\n${print}\n`);
}
