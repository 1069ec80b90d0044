/** What one call of an agent's tool costs more that reads 1,000 files. */
import {
  differences,
  median,
  output,
  PRELOADS,
  type Row,
  ratios,
  type Settings,
  subject,
  type Table,
  takeTurns,
} from './paired.ts';

interface Calls {
  /** Microseconds a read, call by call. */
  readonly first: number[];
  readonly again: number[];
}

const VARIANTS = ['bare', 'app', 'tool'] as const;

export async function benchTools({ quick }: Settings): Promise<Table[]> {
  const reports = await takeTurns(quick ? 3 : 9, VARIANTS, async (variant): Promise<Calls> => {
    const preload = variant === 'bare' ? PRELOADS.bare : PRELOADS.diogenesis;
    const args = [...preload, subject('tool-calls.cjs'), variant === 'tool' ? 'tool' : 'plain', quick ? '5' : '15'];
    return JSON.parse(await output(args));
  });
  const rows: Row[] = [];
  for (const [what, limit, label] of [
    ['again', 0.35, 'files it has read before'],
    // Each is looked at; what that costs is a row of the file calls. Here: what being a tool's adds to it.
    ['first', undefined, 'each file once'],
  ] as const) {
    const of = (variant: (typeof VARIANTS)[number]) => reports[variant].map((calls) => median(calls[what]));
    const micro = { unit: 'µs', digits: 3 };
    rows.push({ label: `${label}: bare, a read`, values: of('bare'), ...micro });
    rows.push({ label: `${label}: added to the application`, values: differences(of('app'), of('bare')), ...micro });
    const added = differences(of('tool'), of('bare'));
    rows.push({
      label: `${label}: added to a tool`,
      values: added,
      ...micro,
      ...(limit === undefined ? {} : { atMost: limit }),
    });
    // A thousand reads: what is microseconds for one is milliseconds for the call.
    rows.push({ label: `${label}: added to the call`, values: added, unit: 'ms', digits: 2 });
    if (limit === undefined) {
      const values = ratios(of('tool'), of('app'));
      rows.push({ label: `${label}: a tool / the application`, values, unit: '×', digits: 2, atMost: 1.25 });
    }
  }
  return [{ title: 'A tool call with 1,000 file reads', rows }];
}
