/** Links of the repository's Markdown that lead nowhere: files that are not there, headings that no page has. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export function brokenLinks(root) {
  return linksOf(root).filter(({ reason }) => reason !== undefined);
}

/** Addresses of other sites: whether somebody is at home there, a person has to see. */
export function externalLinks(root) {
  return [...new Set(linksOf(root).map(({ link }) => link))].filter((link) => /^https?:/.test(link)).sort();
}

function linksOf(root) {
  const found = [];
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
      for (const link of linksIn(line.replaceAll(/`[^`]*`/g, ''))) {
        found.push({ file, line: index + 1, link, reason: faultOf(root, file, link) });
      }
    }
  }
  return found;
}

/* `[text](link)`, `[name]: link`, `<https://link>`, `<img src="link">`, and addresses that stand there bare. */
function linksIn(text) {
  const inline = [...text.matchAll(/\]\(([^)\s]+)\)/g)];
  const defined = [...text.matchAll(/^\[[^\]]+\]:\s+<?([^\s>]+)/g)];
  const inHtml = [...text.matchAll(/\b(?:href|src)="([^"]+)"/g)];
  const links = [...inline, ...defined, ...inHtml].map(([, link]) => link);
  const bare = [...text.matchAll(/(?<![("\w])https?:\/\/[^\s<>"|)]+/g)].map(([link]) => link.replace(/[.,;:!?]+$/, ''));
  return [...new Set([...links, ...bare])];
}

/* Addresses of other sites are looked at for their form alone: their being up is no property of this checkout. */
const ELSEWHERE = /^https?:/;
function faultOf(root, file, link) {
  if (ELSEWHERE.test(link)) return faultOfAddress(link);
  if (/^[a-z]+:/.test(link)) return URL.canParse(link) ? undefined : 'is no address';
  const [path, heading] = link.split('#');
  const target = path === '' ? join(root, file) : join(root, dirname(file), decodeURIComponent(path));
  if (relative(root, target).startsWith('..')) return 'leads out of the repository';
  if (!existsSync(target)) return 'there is no such file';
  if (heading === undefined || !target.endsWith('.md')) return undefined;
  return headingsOf(readFileSync(target, 'utf8')).has(heading) ? undefined : 'there is no such heading';
}

function faultOfAddress(link) {
  if (!URL.canParse(link)) return 'is no address';
  const { protocol, hostname, username } = new URL(link);
  if (/^(?:127\.|localhost$|\[::1\]$)/.test(hostname)) return undefined;
  if (protocol !== 'https:') return 'is not https';
  if (username !== '') return 'names a user';
  if (!/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(hostname)) return 'names no site';
  return /(?:^|\.)(?:example(?:\.com|\.org|\.net)?|invalid|test)$/.test(hostname) ? 'is nobody’s address' : undefined;
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
