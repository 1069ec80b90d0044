/**
 * Writes the Unreleased section of CHANGELOG.md out of the commits since the last tag (Conventional Commits): what a
 * user notices, which is features, fixes and speed.
 *
 *   npm run changelog
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const file = join(import.meta.dirname, '../CHANGELOG.md');
const SECTIONS = { feat: 'Added', perf: 'Faster', fix: 'Fixed' };

const git = (...argv) => execFileSync('git', argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
let since = [];
try {
  since = [`${git('describe', '--tags', '--abbrev=0')}..HEAD`];
} catch {
  // There is no tag yet: everything is new.
}

const lines = { Breaking: [], Added: [], Faster: [], Fixed: [] };
for (const commit of git('log', '--reverse', '--format=%s%n%b%x00', ...since).split('\0')) {
  const [, type, scope, breaking, text] = /^(\w+)(?:\(([^)]+)\))?(!)?: (.+)/m.exec(commit.trim()) ?? [];
  const section = breaking || /^BREAKING CHANGE/m.test(commit) ? 'Breaking' : SECTIONS[type];
  if (section !== undefined) lines[section].push(`- ${scope === undefined ? '' : `**${scope}**: `}${text}`);
}

const body = Object.entries(lines)
  .filter(([, list]) => list.length > 0)
  .map(([title, list]) => `### ${title}\n\n${[...new Set(list)].join('\n')}\n`)
  .join('\n');
const old = readFileSync(file, 'utf8');
const start = old.indexOf('## [Unreleased]');
const next = old.indexOf('\n## [', start + 1);
writeFileSync(file, `${old.slice(0, start)}## [Unreleased]\n\n${body}${next < 0 ? '' : old.slice(next)}`);
