import { readFileSync, writeFileSync } from 'node:fs';

/** What stands in a page between `<!-- NAME -->` and `<!-- /NAME -->`: the part that a script writes. */
export function partOf(file: string, name: string): string {
  const { page, from, to } = locate(file, name);
  return page.slice(from, to);
}

/** The page with another text there. */
export function replaced(file: string, name: string, text: string): string {
  const { page, from, to } = locate(file, name);
  return `${page.slice(0, from)}\n\n${text.trim()}\n\n${page.slice(to)}`;
}

export function writeBetween(file: string, name: string, text: string): void {
  writeFileSync(file, replaced(file, name, text));
}

function locate(file: string, name: string): { page: string; from: number; to: number } {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const page = readFileSync(file, 'utf8');
  const from = page.indexOf(begin) + begin.length;
  const to = page.indexOf(end);
  if (from < begin.length || to < from) throw new Error(`${file} has no part "${name}"`);
  return { page, from, to };
}
