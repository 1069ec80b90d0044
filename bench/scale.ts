/** Whether cost grows with the number of packages, and memory with the number of events. */
import { output, PRELOADS, type Row, ratios, type Settings, subject, type Table, takeTurns } from './paired.ts';

export async function benchScale(settings: Settings): Promise<Table[]> {
  const { quick } = settings;
  const byCount: Record<string, number[]> = JSON.parse(await output([subject('scale.ts'), quick ? '20' : '100']));
  const few = byCount['10'] ?? [];
  const many = byCount['10000'] ?? [];
  const events = quick ? 100_000 : 1_000_000;
  const { before, half, after, micros } = JSON.parse(
    await output(['--expose-gc', subject('memory.cjs'), String(events)]),
  );
  return [
    {
      title: 'Cost of an attributed event by the number of packages',
      rows: [
        ...Object.entries(byCount).map(([count, values]) => ({
          label: `${Number(count).toLocaleString('en')} packages`,
          values,
          unit: 'µs',
          digits: 2,
        })),
        { label: '10,000 / 10 packages', values: ratios(many, few), unit: '×', digits: 2, atMost: 1.2 },
      ],
    },
    {
      title: `Heap after ${events.toLocaleString('en')} events on as many different files`,
      rows: [
        { label: 'added, at half of them', values: [half - before], unit: 'MB', digits: 1 },
        { label: 'added, after all of them', values: [after - before], unit: 'MB', digits: 1, atMost: 12 },
        { label: 'one event, all in all', values: [micros], unit: 'µs', digits: 1, atMost: 25 },
      ],
    },
    await concurrency(settings),
  ];
}

/** Whole programs whose work goes on in many asynchronous contexts, or in many threads, at once. */
async function concurrency({ quick }: Settings): Promise<Table> {
  const rows: Row[] = [];
  for (const [how, label] of [
    ['contexts', '64 asynchronous contexts'],
    ['workers', '8 workers'],
  ] as const) {
    const runs = await takeTurns(quick ? 2 : 7, ['bare', 'diogenesis'] as const, async (preload): Promise<number> => {
      const printed = await output([...PRELOADS[preload], subject('concurrent.cjs'), how]);
      return JSON.parse(printed);
    });
    rows.push({ label: `${label}: bare`, values: runs.bare, unit: 'µs', digits: 2 });
    const values = ratios(runs.diogenesis, runs.bare);
    rows.push({ label: `${label}: with / without`, values, unit: '×', digits: 2 });
  }
  return { title: 'Processor time of one file call among many at once', rows };
}
