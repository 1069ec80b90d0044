/**
 * The part of docs/limits.md that comes from runs: what the pages that the benches and tests write say was not seen, does
 * not work or was not tried. Made from those pages, so that it cannot say something else than they do.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { partOf, replaced } from './generated-part.ts';

/** The whole page, with that part made anew. */
export function limitsPage(root: string): string {
  const page = (name: string) => readFileSync(join(root, 'docs', name), 'utf8');
  const text = [
    ...evasions(page('evasion.md')),
    ...incidents(page('detection-results.md')),
    ...neighbours(join(root, 'docs/compatibility.md')),
  ].join('\n');
  return replaced(join(root, 'docs/limits.md'), 'runs', text);
}

/** For whoever has just written one of those pages. */
export function writeLimits(root: string): void {
  writeFileSync(join(root, 'docs/limits.md'), limitsPage(root));
}

const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

/** What stands under a heading, up to the next one that is no deeper. */
function section(text: string, heading: string): string {
  const from = text.indexOf(`\n${heading}\n`);
  if (from < 0) return '';
  const depth = heading.indexOf(' ');
  const rest = text.slice(from + heading.length + 2);
  const end = rest.search(new RegExp(`\\n#{1,${depth}} `));
  return end < 0 ? rest : rest.slice(0, end);
}

function evasions(text: string): string[] {
  const unseen = section(text, '## What stays unseen, and why')
    .split('\n')
    .filter((line) => line.startsWith('- '));
  return [
    `**Techniques of evasion that stay unseen, or are another package's** ([all of them](evasion.md)): ${unseen.length}.`,
    '',
    ...unseen,
    '',
  ];
}

function incidents(text: string): string[] {
  const families = ['## Families', '## Third hold-out']
    .map((heading) => section(text, heading))
    .join('\n')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map(cellsOf)
    .filter(([name, , levels]) => name !== 'family' && levels?.includes(' / '))
    .map(([name, shape, levels]) => ({ name, shape, levels: levels?.split(' / ') ?? [] }));
  if (families.length === 0) throw new Error('no families of incidents in docs/detection-results.md');
  const missed = (at: number) => families.filter(({ levels }) => !/WARN|ALERT/.test(levels[at] ?? ''));
  const line = (list: typeof families) => list.map(({ name, shape }) => `${name} (${shape})`).join('; ') || 'none';
  return [
    `**Incidents that are not told of at WARN or above**, of ${families.length} families ([all of them](detection-results.md)):`,
    '',
    `- without a lock file, ${missed(0).length}: ${line(missed(0))}.`,
    `- with a lock file of one session, ${missed(1).length}: ${line(missed(1))}.`,
    '',
  ];
}

function neighbours(file: string): string[] {
  const rows = (name: string) =>
    partOf(file, name)
      .split('\n')
      .filter((line) => /^\| [^-]/.test(line))
      .map(cellsOf)
      .slice(1);
  const not = rows('coexistence').filter(([, works]) => works !== 'yes');
  const suites = rows('packages').filter(([, , , , worse]) => worse !== undefined && !worse.startsWith('none'));
  const core = rows('node-core').filter(([, , , ours]) => ours !== '0');
  return [
    '**What does not run beside Diogenesis as it runs without it, or was not tried** ([all of it](compatibility.md)):',
    '',
    ...not.map(
      ([name, works, what]) => `- ${name}: ${works?.replaceAll('*', '')}${works === 'not tried' ? `, ${what}` : ''}.`,
    ),
    ...suites.map(([name, , , , worse]) => `- tests of ${name}: ${worse}.`),
    ...core.map(
      ([node, family, , ours]) => `- Node ${node}'s own tests of ${family}: ${ours} fail under the preload alone.`,
    ),
  ];
}
