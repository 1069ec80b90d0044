import { markdownCode, plural, printable } from './output.ts';
import { adviceFor, type CheckReport, inLines, knownOfWords, statusOf, type UnreviewedPackage } from './report.ts';

/** GitHub cuts a comment at 65,536 characters; GitLab is more patient. */
const MAX_LENGTH = 60_000;
const MAX_BEFORE = 20;

/** The report of a check as a pull-request comment. Starts with a marker by which a bot finds its earlier comment. */
export function markdownReport(report: CheckReport): string {
  const lines = ['<!-- diogenesis-check -->'];
  const { packages } = report;
  if (packages.length === 0) {
    lines.push(`### ✅ Every package behaves as ${markdownCode(report.lockFile)} says`, '');
  } else {
    const traits = packages.reduce((count, { unreviewed }) => count + unreviewed.length, 0);
    lines.push(
      `### ⛔ ${plural(packages.length, 'package')} ${packages.length === 1 ? 'does' : 'do'} ${plural(traits, 'thing')} that nobody has reviewed`,
      '',
    );
    let length = lines.join('\n').length;
    let shown = 0;
    for (const entry of packages) {
      const part = packageMarkdown(entry);
      if (length + part.length > MAX_LENGTH) break;
      lines.push(part, '');
      length += part.length + 2;
      shown++;
    }
    if (shown < packages.length) lines.push(`…and ${plural(packages.length - shown, 'more package')}.`, '');
  }
  const notes: string[] = [
    `${plural(report.observed, 'package')} observed in ${plural(report.processes, 'process', 'processes')}.`,
  ];
  if (report.harmless.length > 0) {
    notes.push(
      `New, and nothing beyond what is known: ${report.harmless
        .slice(0, 30)
        .map(({ key }) => code(key))
        .join(', ')}${report.harmless.length > 30 ? ', …' : ''}.`,
    );
  }
  if (report.unobserved.length > 0) {
    notes.push(`${plural(report.unobserved.length, 'installed package')} without an entry, not loaded in this run.`);
  }
  for (const { package: name, trait, expires } of report.expired) {
    notes.push(`The exception for ${code(name)} ${code(trait)} expired on ${expires}.`);
  }
  if (report.allowed.length > 0)
    notes.push(`${plural(report.allowed.length, 'behavior')} allowed by reviewed exceptions.`);
  if (report.commandExit !== 0 && report.commandExit !== undefined) {
    notes.push(`**The command ended with ${report.commandExit}**: what it would have done after that was not checked.`);
  }
  lines.push(notes.join(' '));
  return `${lines.join('\n')}\n`;
}

function packageMarkdown(entry: UnreviewedPackage): string {
  const { own, shared } = inLines(entry);
  const rows = own.map(({ trait, level, means, denied, expired }) => {
    const why =
      denied !== undefined
        ? `denied: ${denied}`
        : expired !== undefined
          ? `its exception expired on ${expired.expires}`
          : means;
    return `| ${level} | ${code(trait)} | ${cell(why)} |`;
  });
  const lines = [
    `#### ${entry.level} ${code(entry.key)} ${cell(statusOf(entry))}`,
    '',
    ...(rows.length > 0 ? ['| level | unreviewed | the package |', '|---|---|---|', ...rows, ''] : []),
  ];
  if (shared.length > 0) {
    const whose = `takes part in ${plural(shared.length, 'thing')} that ${knownOfWords(shared)} did before`;
    const list = shared.map(({ trait }) => `- ${code(trait)}`);
    lines.push(`<details><summary>${cell(whose)}</summary>`, '', ...list, '', '</details>', '');
  }
  if (entry.comparedWith !== 'nothing') {
    const before = entry.before.slice(0, MAX_BEFORE).map((trait) => `- ${code(trait)}`);
    if (before.length === 0) lines.push(`${code(entry.against ?? '')} did nothing noteworthy.`, '');
    else {
      const more = entry.before.length > MAX_BEFORE ? [`- …and ${entry.before.length - MAX_BEFORE} more`] : [];
      lines.push(
        `<details><summary>what ${cell(printable(entry.against ?? ''))} did (${entry.before.length})</summary>`,
        '',
        ...before,
        ...more,
        '',
        '</details>',
        '',
      );
    }
  }
  // Commands are there to be copied: as code, without what keeps other text from becoming a mention.
  const { approve, otherwise, subject } = adviceFor(entry);
  lines.push(`expected? ${code(approve)} · not? ${otherwise}${subject === undefined ? '' : ` ${code(subject)}`}`);
  return lines.join('\n');
}

function code(text: string): string {
  return markdownCode(printable(text));
}

/* Text that a package chose must not become a link, an image, an element or a mention. */
function cell(text: string): string {
  return printable(text).replaceAll(/[\\`*_{}[\]()<>#|!@]/g, (character) =>
    character === '@' ? '@\u200b' : `\\${character}`,
  );
}
