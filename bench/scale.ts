/** Whether cost grows with the number of packages, and memory with the number of events. */
import { output, ratios, type Settings, subject, type Table } from './paired.ts';

export async function benchScale({ quick }: Settings): Promise<Table[]> {
  const { few, many } = JSON.parse(await output([subject('scale.ts'), quick ? '5000' : '20000']));
  const events = quick ? 100_000 : 1_000_000;
  const { before, half, after, micros } = JSON.parse(
    await output(['--expose-gc', subject('memory.cjs'), String(events)]),
  );
  return [
    {
      title: 'Cost of an attributed event by the number of packages',
      rows: [
        { label: '10 packages', values: few, unit: 'µs', digits: 2 },
        { label: '10,000 packages', values: many, unit: 'µs', digits: 2 },
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
  ];
}
