/** What one call of an agent's tool costs more that reads 1,000 files. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import {
  differences,
  environment,
  PRELOADS,
  type Row,
  ratios,
  type Settings,
  subject,
  type Table,
  takeTurns,
} from './paired.ts';

const VARIANTS = ['bare', 'app', 'tool'] as const;
type Variant = (typeof VARIANTS)[number];
/** Files it has read before, or others each time. */
type Files = 'again' | 'first';
/* Until V8 has compiled what runs. */
const WARM_UP = 20;

/* The processes live side by side and take turns call by call: a machine that slows down for seconds slows all of them. */
export async function benchTools({ quick }: Settings): Promise<Table[]> {
  const processes = Object.fromEntries(VARIANTS.map((variant) => [variant, start(variant)])) as Processes;
  try {
    const again = await measure(processes, 'again', quick ? 20 : 100);
    const first = await measure(processes, 'first', quick ? 5 : 25);
    const rows = [
      ...rowsOf('files it has read before', again, 0.35),
      // Each is looked at; what that costs is a row of the file calls. Here: what being a tool's adds to it.
      ...rowsOf('each file once', first),
      { label: 'each file once: a tool / the application', values: ratios(first.tool, first.app), ...ratio },
    ];
    return [{ title: 'A tool call with 1,000 file reads', rows }];
  } finally {
    for (const child of Object.values(processes)) await end(child);
  }
}

const ratio = { unit: '×', digits: 2, atMost: 1.25 };
type Processes = Record<Variant, ChildProcess>;

function start(variant: Variant): ChildProcess {
  const execArgv = variant === 'bare' ? PRELOADS.bare : PRELOADS.diogenesis;
  const args = [variant === 'tool' ? 'tool' : 'plain'];
  return fork(subject('tool-calls.cjs'), args, { execArgv: [...execArgv], env: environment() });
}

/** Microseconds a read, call by call. */
async function measure(processes: Processes, files: Files, rounds: number): Promise<Record<Variant, number[]>> {
  const call = async (variant: Variant): Promise<number> => {
    processes[variant].send(files);
    const [answer] = await once(processes[variant], 'message');
    return answer as number;
  };
  await takeTurns(WARM_UP, VARIANTS, call);
  return await takeTurns(rounds, VARIANTS, call);
}

async function end(child: ChildProcess): Promise<void> {
  if (!child.connected) return;
  child.disconnect();
  await once(child, 'exit');
}

function rowsOf(label: string, { bare, app, tool }: Record<Variant, number[]>, atMost?: number): Row[] {
  const micro = { unit: 'µs', digits: 3 };
  const added = differences(tool, bare);
  return [
    { label: `${label}: bare, a read`, values: bare, ...micro },
    { label: `${label}: added to the application`, values: differences(app, bare), ...micro },
    { label: `${label}: added to a tool`, values: added, ...micro, ...(atMost === undefined ? {} : { atMost }) },
    // A thousand reads: what is microseconds for one is milliseconds for the call.
    { label: `${label}: added to the call`, values: added, unit: 'ms', digits: 2 },
  ];
}
