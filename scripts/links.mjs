/** Links of the repository's Markdown that lead nowhere: files that are not there, headings that no page has. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export function brokenLinks(root) {
  const broken = [];
  const files = globSync('**/*.md', {
    cwd: root,
    exclude: (name) => /(^|\/)(node_modules|\.run|dist[^/]*)$/.test(name),
  });
  for (const file of files) {
    let inCode = false;
    const lines = readFileSync(join(root, file), 'utf8').split('\n');
    for (const [index, line] of lines.entries()) {
      if (line.startsWith('```')) inCode = !inCode;
      if (inCode) continue;
      for (const [, link] of line.replaceAll(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)) {
        const reason = faultOf(root, file, link);
        if (reason !== undefined) broken.push({ file, line: index + 1, link, reason });
      }
    }
  }
  return broken;
}

/* Addresses of other sites are looked at for their form alone: their being up is no property of this checkout. */
function faultOf(root, file, link) {
  if (/^[a-z]+:/.test(link)) return URL.canParse(link) ? undefined : 'is no address';
  const [path, heading] = link.split('#');
  const target = path === '' ? join(root, file) : join(root, dirname(file), decodeURIComponent(path));
  if (relative(root, target).startsWith('..')) return 'leads out of the repository';
  if (!existsSync(target)) return 'there is no such file';
  if (heading === undefined || !target.endsWith('.md')) return undefined;
  return headingsOf(readFileSync(target, 'utf8')).has(heading) ? undefined : 'there is no such heading';
}

/** As GitHub makes them. */
function headingsOf(markdown) {
  const seen = new Map();
  const anchors = new Set();
  for (const [, title] of markdown.matchAll(/^#+ (.+)$/gm)) {
    const anchor = title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-');
    const times = seen.get(anchor) ?? 0;
    seen.set(anchor, times + 1);
    anchors.add(times === 0 ? anchor : `${anchor}-${times}`);
  }
  return anchors;
}
