/** What one call of an agent's tool costs more that reads 1,000 files. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import {
  differences,
  environment,
  median,
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
/** Files it has read before, others each time, or none at all. */
type Files = 'again' | 'first' | 'none';
const FILES = 1_000;
/* Until V8 has compiled what runs. */
const WARM_UP = 20;

/* The processes live side by side and take turns call by call: a machine that slows down for seconds slows all of them. */
export async function benchTools({ quick }: Settings): Promise<Table[]> {
  const processes = Object.fromEntries(VARIANTS.map((variant) => [variant, start(variant)])) as Processes;
  try {
    const none = await measure(processes, 'none', quick ? 20 : 100);
    // What is added is a twentieth of a read, and the spread is wider than that.
    const again = await measure(processes, 'again', quick ? 20 : 400);
    const first = await measure(processes, 'first', quick ? 5 : 25);
    const rows = [
      { label: 'the call itself, reading nothing: added', values: differences(none.tool, none.bare), ...micro },
      ...rowsOf('files it has read before', again, median(none.tool), 0.35),
      // Each is looked at; what that costs is a row of the file calls. Here: what being a tool's adds to it.
      ...rowsOf('each file once', first, median(none.tool)),
      { label: 'each file once: a tool / the application', values: ratios(first.tool, first.app), ...ratio },
    ];
    return [{ title: 'A tool call with 1,000 file reads', rows }];
  } finally {
    for (const child of Object.values(processes)) await end(child);
  }
}

const micro = { unit: 'µs', digits: 3 };
const ratio = { unit: '×', digits: 2, atMost: 1.25 };
type Processes = Record<Variant, ChildProcess>;

function start(variant: Variant): ChildProcess {
  const execArgv = variant === 'bare' ? PRELOADS.bare : PRELOADS.diogenesis;
  const args = [variant === 'tool' ? 'tool' : 'plain'];
  return fork(subject('tool-calls.cjs'), args, { execArgv: [...execArgv], env: environment() });
}

/** Microseconds, call by call. */
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

/* What is added to a read is told without what the call itself costs, which has a row of its own. */
function rowsOf(label: string, { bare, app, tool }: Record<Variant, number[]>, ofCall: number, atMost?: number): Row[] {
  const aRead = (values: readonly number[], without = 0) => values.map((value) => (value - without) / FILES);
  const added = differences(tool, bare);
  return [
    { label: `${label}: bare, a read`, values: aRead(bare), ...micro },
    { label: `${label}: added to the application`, values: aRead(differences(app, bare)), ...micro },
    {
      label: `${label}: added to a tool`,
      values: aRead(added, ofCall),
      ...micro,
      ...(atMost === undefined ? {} : { atMost }),
    },
    // A thousand reads: what is microseconds for one is milliseconds for the call.
    { label: `${label}: added to the call`, values: added.map((value) => value / 1_000), unit: 'ms', digits: 2 },
  ];
}
