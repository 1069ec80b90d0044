/** The tables that the bench prints, and docs/lock-examples.md. Pure. */
import { type Judgement, judgementOf } from './judgements.ts';
import type { Line } from './reviewing.ts';
import type { Trial } from './trial.ts';
import type { UpgradeTrial } from './upgrades.ts';

const number = (value: number) => value.toLocaleString('en');
const yes = (value: boolean) => (value ? 'same bytes' : '**differs**');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return `${line(head)}|${head.map(() => '---').join('|')}|\n${rows.map(line).join('')}`;
}

function verdict(lines: readonly Line[]): string {
  if (lines.length === 0) return '';
  const judged = lines.map(({ name, trait }) => judgementOf(name, trait)?.is);
  const count = (is: Judgement['is'] | undefined) => judged.filter((one) => one === is).length;
  const parts = [
    `${count('meaningful')} meaningful`,
    ...(count('churn') > 0 ? [`${count('churn')} churn`] : []),
    ...(count(undefined) > 0 ? [`**${count(undefined)} not judged**`] : []),
  ];
  return parts.join(', ');
}

export function applicationTable(trials: readonly Trial[]): string {
  return `\n${table(
    ['a large application', ''],
    trials.flatMap(({ title, installed, size, again, elsewhere }) => [
      [title, ''],
      ['packages installed', number(installed)],
      ['packages that were loaded: entries', number(size.entries)],
      ['entries that hold any trait', number(size.noteworthy)],
      ['traits', number(size.traits)],
      ['lines', number(size.lines)],
      ['bytes', number(size.bytes)],
      ['learning again', yes(again)],
      ['learning in another folder, home, temporary folder, as another user', yes(elsewhere)],
    ]),
  )}${projectTable(trials)}`;
}

export function projectTable(trials: readonly Trial[]): string {
  return `\n${table(
    [
      'project',
      'packages',
      'lock, lines',
      'again',
      'elsewhere',
      'update',
      'brings packages',
      'lines to review',
      'judged',
      'git diff',
    ],
    trials.map((trial) => [
      trial.name,
      number(trial.size.entries),
      number(trial.size.lines),
      yes(trial.again),
      yes(trial.elsewhere),
      trial.update,
      number(trial.updatedPackages),
      number(trial.lines.length),
      verdict(trial.lines),
      `+${trial.changes.added} −${trial.changes.removed}`,
    ]),
  )}${lineTable(trials)}`;
}

export function upgradeTable(updates: readonly UpgradeTrial[]): string {
  const sum = updates.reduce((total, { lines }) => total + lines.length, 0);
  const silent = updates.filter(({ lines }) => lines.length === 0).length;
  return `\n${table(
    ['upgrade', 'brings packages', 'lock, lines', 'lines to review', 'judged', 'git diff'],
    updates.map(({ name, from, to, updatedPackages, lockLines, lines, changes }) => [
      `${name} ${from} → ${to}`,
      number(updatedPackages),
      number(lockLines),
      number(lines.length),
      verdict(lines),
      `+${changes.added} −${changes.removed}`,
    ]),
  )}\n${updates.length} upgrades, ${sum} lines to review (${verdict(updates.flatMap(({ lines }) => lines))}); ${silent} of them with none.\n${lineTable(updates)}`;
}

/** Every line once, with what was made of it. */
function lineTable(updates: readonly { readonly lines: readonly Line[] }[]): string {
  const lines = updates.flatMap((update) => update.lines);
  if (lines.length === 0) return '';
  return `\n${table(
    ['level', 'package', 'unreviewed', 'judged', 'because'],
    lines.map(({ level, package: key, name, trait }) => {
      const judgement = judgementOf(name, trait);
      return [level, `\`${key}\``, `\`${trait}\``, judgement?.is ?? '**not judged**', judgement?.why ?? ''];
    }),
  )}`;
}

/** Lines that nobody has judged, each a sentence. */
export function unjudged(trials: readonly Trial[], updates: readonly UpgradeTrial[]): string[] {
  return [...trials, ...updates].flatMap(({ lines }) =>
    lines
      .filter(({ name, trait }) => judgementOf(name, trait) === undefined)
      .map(({ package: key, trait }) => `not judged: ${key} ${trait}`),
  );
}

/** Longer diffs are cut: the rest is more of the same. */
const MAX_DIFF_LINES = 60;

/** What `results.json` keeps. */
export interface Results {
  readonly application: readonly Trial[];
  readonly projects: readonly Trial[];
  readonly upgrades: readonly UpgradeTrial[];
}

export function examples({ application: big, projects: small, upgrades: updates }: Results): string {
  const all = [...small, ...big];
  return `# Examples of lock files

Written by \`npm run bench:lock -- --all --write\` from real packages of the npm registry: learned twice, learned again in another
folder with another home, temporary folder, port and user, then one dependency updated for real and checked.

## A large application
${applicationTable(big)}
How such a file stays reviewable: what every package may do is no trait, so most entries are empty and a reviewer never
meets them but as one line, when their version changes; many siblings of one kind are one wildcard; nothing in it depends
on where a checkout lies. \`git diff\` shows what is different, \`diogenesis check\` only what asks for a decision.

## Real projects
${projectTable(small)}
${all.map(exampleOf).join('\n')}
## Real upgrades

All that \`npm run bench:detection\` knows; churn is what a reviewer did not need to see, a defect of ours.
${upgradeTable(updates)}`;
}

function exampleOf({ title, update, markdown, diff, changes }: Trial): string {
  const lines = diff.trimEnd().split('\n');
  const shown = lines.slice(0, MAX_DIFF_LINES).join('\n');
  const more = lines.length - MAX_DIFF_LINES;
  return `### ${title}

Updated: ${update}. What \`diogenesis check\` writes into the pull request:

${markdown
  .replace(/^<!--.*-->\n/, '')
  .trimEnd()
  .split('\n')
  .map((line) => `> ${line}`.trimEnd())
  .join('\n')}

and the diff of the lock file after \`diogenesis learn --prune\` (+${changes.added} −${changes.removed}):

\`\`\`diff
${shown}${more > 0 ? `\n… ${more} more lines` : ''}
\`\`\`
`;
}
