/** `diogenesis report`: findings as one HTML file for a person. */
import fs from 'node:fs';
import path from 'node:path';
import { VERSION } from '../version.ts';
import { readFindings } from './findings.ts';
import { CliError, plural, say, write } from './output.ts';
import { type PageAssets, reportHtml } from './report-html.ts';

export interface HtmlReportOptions {
  readonly output?: string;
  readonly quiet?: boolean;
}

export function htmlReport(files: readonly string[], options: HtmlReportOptions): void {
  const findings = files.flatMap((file) => {
    if (!fs.existsSync(file)) throw new CliError(`${file}: there is no such file`);
    const found = readFindings(file);
    if (found.length === 0 && fs.statSync(file).size > 0)
      throw new CliError(`${file}: has no findings; give a file that --findings wrote`);
    return found;
  });
  // A finding that is in two files is one.
  const unique = [...new Map(findings.map((one) => [one.id, one])).values()];
  const html = reportHtml(unique, { source: files.join(', '), version: VERSION }, pageAssets());
  if (options.output === undefined) {
    write(1, html);
    return;
  }
  try {
    fs.writeFileSync(options.output, html);
  } catch (error) {
    throw new CliError(`${options.output}: cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
  if (options.quiet !== true) say(`diogenesis: ${plural(unique.length, 'finding')} in ${options.output}`);
}

function pageAssets(): PageAssets {
  const own = import.meta.dirname;
  // Beside the built command, or in the build of a checkout whose sources run as they are.
  const folder = [own, path.join(own, '../../dist')].find((one) => fs.existsSync(path.join(one, 'report-page.js')));
  if (folder === undefined) throw new CliError('the page of the report is not built; run "npm run build"');
  return {
    script: fs.readFileSync(path.join(folder, 'report-page.js'), 'utf8'),
    style: fs.readFileSync(path.join(folder, 'report-page.css'), 'utf8'),
  };
}
