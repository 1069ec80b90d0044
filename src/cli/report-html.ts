/** The report a person looks at: one HTML file that needs neither a network nor another file. Pure. */
import { createHash } from 'node:crypto';
import { severityOf } from '../response/finding.ts';
import { beforeEnd, nextStep, referencesOf } from './explain.ts';
import { countByLevel, type FindingLine, keyOfFinding } from './findings.ts';
import { plural, printable } from './output.ts';

/** What is bundled with the command: the page's script (with its plotting library) and style. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

export interface ReportFacts {
  /** The findings' file, as the person named it. */
  readonly source: string;
  readonly version: string;
}

/** More stories than this no browser likes to lay out, and no person reads. The worst and newest are kept. */
const MAX_STORIES = 2000;

export function reportHtml(all: readonly FindingLine[], facts: ReportFacts, { script, style }: PageAssets): string {
  const findings = worstFirst(all).slice(0, MAX_STORIES);
  const counts = countByLevel(all);
  const times = all.map(({ time }) => time).sort();
  const span = times.length === 0 ? '' : ` · ${when(times[0] as string)} to ${when(times.at(-1) as string)}`;
  const left = all.length - findings.length;
  // `</script>` in a name that a package chose must not end the data.
  const data = JSON.stringify(findings.map(pageFinding)).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="diogenesis-otel ${asText(facts.version)}">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '${hash(script)}'; style-src '${hash(style)}'; base-uri 'none'; form-action 'none'">
<title>Diogenesis: ${asText(plural(all.length, 'finding'))}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#stories">Skip to the findings</a>
<header>
<h1>What the packages did</h1>
<p class="soft">${asText(facts.source)} · ${asText(plural(all.length, 'finding'))}${asText(span)}</p>
<ul class="counts">${(['ALERT', 'WARN', 'LOG'] as const)
    .map((level) => `<li><span class="level ${level}">${level}</span> ${counts[level]}</li>`)
    .join('')}</ul>
</header>
<main>
<form id="filters" aria-label="Filters" hidden>
<fieldset><legend>Levels</legend>${(['ALERT', 'WARN', 'LOG'] as const)
    .map((level) => `<label><input type="checkbox" name="level" value="${level}" checked> ${level}</label>`)
    .join('')}</fieldset>
${choice('who', 'Package', findings.map(keyOfFinding))}
${choice(
  'pattern',
  'Pattern',
  findings.map(({ pattern }) => pattern),
)}
<label class="field">Search<input type="search" name="text" autocomplete="off"></label>
<button type="reset">Reset</button>
<output id="count"></output>
</form>
<div id="pictures" hidden>
<section aria-labelledby="timeline-title">
<h2 id="timeline-title">Timeline</h2>
<p class="soft">Each line is a package's voltage at its findings: at the top it behaves as its baseline, at the bottom nothing like it. A mark leads to its story.</p>
<div class="picture" id="timeline"></div>
<p class="soft" id="more-lanes"></p>
</section>
<section aria-labelledby="graph-title">
<h2 id="graph-title">Connections</h2>
<p class="soft">Who called whom (solid) and what was reached (dashed), in the findings shown.</p>
<div class="picture" id="graph"></div>
<p class="soft" id="more-edges"></p>
<details><summary>The same as a table</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Connections"><table><thead><tr><th scope="col">from</th><th scope="col">kind</th><th scope="col">to</th><th scope="col">findings</th></tr></thead><tbody id="edges"></tbody></table></div>
</details>
</section>
</div>
<section aria-labelledby="stories">
<h2 id="stories" tabindex="-1">Findings</h2>
${left > 0 ? `<p>The ${MAX_STORIES} worst and newest; ${left} more are in the file.</p>` : ''}
${findings.length === 0 ? '<p>There are none.</p>' : findings.map(story).join('\n')}
</section>
</main>
<script type="application/json" id="data">${data}</script>
<script>${script}</script>
</body>
</html>
`;
}

function worstFirst(findings: readonly FindingLine[]): FindingLine[] {
  return findings.toSorted(
    (a, b) => severityOf(b.level) - severityOf(a.level) || (a.time < b.time ? 1 : a.time > b.time ? -1 : 0),
  );
}

function pageFinding(finding: FindingLine) {
  return {
    id: finding.id,
    time: Date.parse(finding.time),
    level: finding.level,
    pattern: finding.pattern,
    who: printable(keyOfFinding(finding)),
    trait: printable(String(finding.trait)),
    voltage: Number.isFinite(finding.voltage) ? finding.voltage : 1,
    chain: (finding.chain ?? []).map((key) => printable(String(key))),
  };
}

function story(finding: FindingLine): string {
  const { id, level, pattern, rule, steps = [] } = finding;
  const row = (name: string, html: string) => (html === '' ? '' : `<dt>${name}</dt><dd>${html}</dd>`);
  const code = (text: string) => `<code>${asText(text)}</code>`;
  const end = steps.at(-1)?.time ?? 0;
  const order = steps.map(
    ({ time, principal, trait }) =>
      `<li><span class="ago">${asText(beforeEnd(end - time))}</span><span>${asText(principal)}</span>${code(trait)}</li>`,
  );
  const thread = finding.threadId ? `, thread ${finding.threadId}` : '';
  const where = finding.pid === undefined ? '' : `, process ${finding.pid}${thread}`;
  return `<article id="${asText(id)}" class="${level}" tabindex="-1" aria-labelledby="${asText(id)}-title">
<h3 id="${asText(id)}-title"><span class="level ${level}">${level}</span> ${asText(pattern)} · ${asText(keyOfFinding(finding))}</h3>
<p>${asText(finding.reason)}</p>
<dl>${[
    row('trait', code(finding.trait)),
    row('through', asText((finding.chain ?? []).join(' ← '))),
    row('at', finding.file === undefined ? '' : code(`${finding.file}:${finding.line ?? ''}`)),
    row('blocked', finding.blocked === true ? 'the act was refused: it did not happen' : ''),
    row('when', `<time datetime="${asText(finding.time)}">${asText(when(finding.time))}</time>${asText(where)}`),
    steps.length > 1 ? row('in this order', `<ol class="steps">${order.join('')}</ol>`) : '',
    row('baseline', asText(finding.baseline ?? '')),
    row('voltage', typeof finding.voltage === 'number' ? finding.voltage.toFixed(2) : ''),
    rule === undefined ? '' : row('rule', `${asText(rule.name)}${asText(referencesOf(rule))}`),
    finding.traceId ? row('trace', code(`${finding.traceId} span ${finding.spanId ?? ''}`)) : '',
    row('next', asText(nextStep(finding))),
    row('id', code(id)),
  ].join('')}</dl>
</article>`;
}

function choice(name: string, label: string, values: readonly string[]): string {
  const options = [...new Set(values)].sort().map((value) => `<option>${asText(value)}</option>`);
  return `<label class="field">${label}<select name="${name}"><option value="">all</option>${options.join('')}</select></label>`;
}

/** Seconds are enough for a person, and UTC is the same for everybody who is sent the file. */
function when(time: string): string {
  return String(time)
    .replace('T', ' ')
    .replace(/(\.\d+)?Z$/, ' UTC');
}

/** Everything in a finding may have been chosen by a package: nothing of it is markup. */
function asText(text: unknown): string {
  return printable(String(text)).replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
