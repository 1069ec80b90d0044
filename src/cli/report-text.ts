import { fit, type Paint, paintLevel, plural, printable, wrap } from './output.ts';
import { adviceOf, type CheckReport, inLines, knownOfWords, statusOf, type UnreviewedPackage } from './report.ts';

const MAX_PACKAGES = 30;
const MAX_TRAITS = 12;
const MAX_BEFORE = 4;

/** The report of a check for a person at a terminal. */
export function textReport(report: CheckReport, paint: Paint, width: number, isVerbose = false): string {
  const { packages, lockFile } = report;
  const title = paint('bold', 'diogenesis check');
  const where = `${plural(report.observed, 'package')} in ${plural(report.processes, 'process', 'processes')}`;
  const lines: string[] = [];
  if (packages.length === 0) lines.push(`${title}: ${paint('green', `as ${lockFile} says`)} (${where})`);
  else {
    const traits = packages.flatMap(({ unreviewed }) => unreviewed);
    const denied = traits.filter((one) => one.denied !== undefined).length;
    const faults = [
      ...(denied < traits.length ? [`${lockFile} does not have`] : []),
      ...(denied > 0 ? ['the config file denies'] : []),
    ];
    const does = `${plural(packages.length, 'package')} ${packages.length === 1 ? 'does' : 'do'} ${plural(traits.length, 'thing')}`;
    lines.push(`${title}: ${paint('red', `${does} that ${faults.join(' or ')}`)} (${where})`);
    for (const entry of packages.slice(0, MAX_PACKAGES))
      lines.push('', ...packageLines(entry, paint, width, isVerbose));
    if (packages.length > MAX_PACKAGES)
      lines.push('', `  and ${packages.length - MAX_PACKAGES} more packages; --format json lists all`);
    lines.push('');
  }
  for (const { key, trait, reason } of report.allowed) {
    lines.push(paint('dim', fit(`  allowed: ${printable(key)} ${printable(trait)} (${printable(reason)})`, width)));
  }
  for (const { package: name, trait, expires } of report.expired) {
    lines.push(paint('yellow', `  expired on ${expires}: the exception for ${printable(name)} ${printable(trait)}`));
  }
  if (report.harmless.length > 0) {
    const names = fit(report.harmless.map(({ key }) => printable(key)).join(', '), Math.max(20, width - 50));
    lines.push(paint('dim', `  new, and nothing beyond what is known: ${names}`));
  }
  if (report.unobserved.length > 0) {
    const count = plural(report.unobserved.length, 'installed package');
    lines.push(
      paint('dim', `  unobserved: ${count} without an entry, not loaded in this run; --format json lists them`),
    );
  }
  if (report.commandExit !== 0 && report.commandExit !== undefined) {
    const how = typeof report.commandExit === 'number' ? `exit code ${report.commandExit}` : report.commandExit;
    lines.push(paint('yellow', `  the command ended with ${how}: what it would have done after that was not checked`));
  }
  return lines.join('\n');
}

function packageLines(entry: UnreviewedPackage, paint: Paint, width: number, isVerbose: boolean): string[] {
  const lines = [`  ${paintLevel(paint, entry.level)} ${paint('bold', printable(entry.key))} ${statusOf(entry)}`];
  const { own, shared } = isVerbose ? { own: entry.unreviewed, shared: [] } : inLines(entry);
  const shown = isVerbose ? own : own.slice(0, MAX_TRAITS);
  const column = Math.min(56, Math.max(0, ...shown.map(({ trait }) => printable(trait).length)));
  for (const { trait, means, denied, expired } of shown) {
    const why =
      denied !== undefined
        ? `denied: ${denied}`
        : expired !== undefined
          ? `its exception expired on ${expired.expires}`
          : means;
    const text = printable(trait);
    // A trait is never cut: it is what `approve` and the config file take.
    const fits = Math.max(column, text.length) + why.length + 10 <= width;
    const meaning = paint(
      'dim',
      fits ? printable(why) : wrap(printable(why), width - 10).replaceAll('\n', `\n${' '.repeat(10)}`),
    );
    lines.push(
      `      ${paint('red', '+')} ${fits ? `${text.padEnd(column)}  ` : `${text}\n${' '.repeat(10)}`}${meaning}`,
    );
  }
  if (shown.length < own.length) lines.push(`        and ${own.length - shown.length} more`);
  if (shared.length > 0) {
    const whose = `takes part in ${plural(shared.length, 'thing')} that ${printable(knownOfWords(shared))} did before`;
    const what = shared.map(({ trait }) => printable(trait)).join(', ');
    lines.push(`      ${paint('red', '=')} ${fit(`${whose}: ${what}`, width - 8)}`);
  }
  if (entry.comparedWith !== 'nothing') lines.push(`        ${paint('dim', beforeLine(entry, width - 8))}`);
  lines.push(`        ${wrap(printable(adviceOf(entry)), width - 8, '        ')}`);
  return lines;
}

function beforeLine({ against, before, state }: UnreviewedPackage, width: number): string {
  const name = printable(against ?? '');
  if (before.length === 0) return `${name} did nothing noteworthy (${state})`;
  const shown = before.slice(0, MAX_BEFORE).map(printable).join(', ');
  const more = before.length > MAX_BEFORE ? `, and ${before.length - MAX_BEFORE} more` : '';
  return fit(`${name} did (${state}): ${shown}${more}`, width);
}
