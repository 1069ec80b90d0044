/** The two charts of README: bars, in the colours of the reader's theme. */
import { median, type Row, type Table } from './paired.ts';

interface Bar {
  readonly label: string;
  readonly value: number;
  readonly text: string;
}

const WIDTH = 720;
const ROW = 30;
const LABELS = 250;
const TOP = 56;

function bars(title: string, subtitle: string, all: readonly Bar[]): string {
  const most = Math.max(...all.map(({ value }) => value));
  const height = TOP + all.length * ROW + 12;
  const rows = all.map(({ label, value, text }, index) => {
    const y = TOP + index * ROW;
    const width = Math.max(2, (value / most) * (WIDTH - LABELS - 80));
    const isOurs = label.includes('Diogenesis');
    return [
      `<text x="${LABELS - 10}" y="${y + 17}" text-anchor="end"${isOurs ? ' class="ours"' : ''}>${escapeText(label)}</text>`,
      `<rect x="${LABELS}" y="${y + 3}" width="${width.toFixed(1)}" height="20" rx="3"${isOurs ? ' class="ours"' : ''}/>`,
      `<text x="${(LABELS + width + 8).toFixed(1)}" y="${y + 17}">${escapeText(text)}</text>`,
    ].join('\n');
  });
  const description = all.map(({ label, text }) => `${label}: ${text}`).join('; ');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" role="img" aria-labelledby="t d">
<title id="t">${escapeText(title)}</title>
<desc id="d">${escapeText(description)}</desc>
<style>
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600; font-size: 15px }
.ours { font-weight: 600 }
rect { fill: #b6bfc9 }
rect.ours { fill: #0969da }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  rect { fill: #57606a }
  rect.ours { fill: #4493f8 }
}
</style>
<text x="0" y="18" class="title">${escapeText(title)}</text>
<text x="0" y="38">${escapeText(subtitle)}</text>
${rows.join('\n')}
</svg>
`;
}

const escapeText = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');

/** File name and content of each chart that these tables have the figures for. */
export function charts(tables: readonly Table[], machine: string): [name: string, svg: string][] {
  const found: [string, string][] = [];
  const express = tables.find(({ title }) => title.startsWith('Express'));
  if (express !== undefined) {
    const relative = express.rows.filter(({ label }) => label.endsWith(' / bare'));
    const all = relative
      .map(({ label, values }) => ({ label: label.replace(' / bare', ''), value: median(values) }))
      .map((one) => ({ ...one, text: `${(100 * one.value).toFixed(0)} %` }))
      .sort((a, b) => b.value - a.value);
    const bare = { label: 'nothing', value: 1, text: '100 %' };
    found.push(['throughput.svg', bars('Requests a second that are left', `Express, ${machine}`, [bare, ...all])]);
  }
  const fs = tables.find(({ title }) => title === 'Added to one file call');
  if (fs !== undefined) {
    const added = (label: string): number => median(fs.rows.find((row: Row) => row.label === label)?.values ?? []);
    const all = [
      { label: 'an empty wrapper', value: added('fs.statSync: added by an empty wrapper') },
      { label: 'Diogenesis', value: added('fs.statSync: added') },
      { label: '@opentelemetry/instrumentation-fs', value: added('fs.statSync: added by instrumentation-fs') },
    ].map((one) => ({ ...one, text: `${one.value.toFixed(2)} µs` }));
    found.push(['file-call.svg', bars('Added to one fs.statSync', machine, all)]);
  }
  return found;
}
