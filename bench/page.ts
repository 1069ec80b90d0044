/** The tables of docs/performance.md: what was measured now takes the place of what was measured before. Pure. */
import { asMarkdown, type Table } from './paired.ts';

export const MARKER = '<!-- the tables below are written by `npm run bench -- --write` -->';
const MISSES = 'Missed targets';

/** The page with these tables. Those of measures that were not run now stay as they are; new ones come last. */
export function withTables(page: string, tables: readonly Table[], machine: string): string {
  const [head = '', body = ''] = page.split(MARKER);
  const chapters = new Map<string, string>();
  for (const chapter of body.split(/^(?=### )/m).slice(1)) chapters.set(titleOf(chapter), chapter.trimEnd());
  chapters.delete(MISSES);
  for (const table of tables) chapters.set(table.title, asMarkdown(table).trimEnd());
  const misses = [...chapters].flatMap(([title, text]) =>
    text
      .split('\n')
      .filter((line) => line.includes('**missed**'))
      .map((line) => `- ${title}: ${line.split('|')[1]?.trim()}`),
  );
  chapters.set(MISSES, `### ${MISSES}\n\n${misses.length === 0 ? 'None.' : misses.join('\n')}`);
  return `${head}${MARKER}\n\n${machine}.\n\n${[...chapters.values()].join('\n\n')}\n`;
}

const titleOf = (chapter: string) => chapter.slice('### '.length, chapter.indexOf('\n')).trim();
