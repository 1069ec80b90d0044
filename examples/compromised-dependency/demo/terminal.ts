/** Text for a person: aligned, coloured on a terminal, plain in a pipe. */
import { styleText } from 'node:util';
import type { ReceivedSpan, Values } from '../../../test/support/otlp-receiver.ts';

type Style = Parameters<typeof styleText>[0];
const paint = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout });

export const print = (line = ''): void => void process.stdout.write(`${line}\n`);
export const dim = (text: string): string => paint('dim', text);
export const bold = (text: string): string => paint('bold', text);
export const good = (text: string): string => paint('green', text);
export const bad = (text: string): string => paint('red', text);

export function heading(number: number, title: string, command: string): void {
  print();
  print(`${bold(`${number}  ${title}`)}  ${dim(command)}`);
}

/** A line of what a command said, with the levels and the marks of a difference in colour. */
export function said(line: string): string {
  if (/^\s*[-+] /.test(line)) return paint(line.trimStart().startsWith('+') ? 'red' : 'green', `   ${line}`);
  return `   ${line.replace(/\bALERT\b/g, (word) => paint(['red', 'bold'], word)).replace(/\bWARN\b/g, (word) => paint('yellow', word))}`;
}

/** Columns as wide as their widest cell; numbers to the right. */
export function table(rows: readonly (readonly (string | number)[])[]): void {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, String(cell).length);
    });
  }
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      typeof cell === 'number' ? String(cell).padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
    print(`   ${cells.join('  ').trimEnd()}`);
  }
}

/** A trace as a tree, with the span events where they happened. */
export function traceTree(spans: readonly ReceivedSpan[]): void {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const childrenOf = (id: string): ReceivedSpan[] =>
    spans
      .filter(({ parentSpanId }) => (known.has(parentSpanId) ? parentSpanId : '') === id)
      .sort((a, b) => a.start - b.start);

  const show = (span: ReceivedSpan, lead: string, branch: string): void => {
    const root = branch === '';
    const inner = root ? lead : `${lead}${branch === '├─ ' ? '│  ' : '   '}`;
    print(`   ${dim(lead + branch)}${describe(span)}`);
    const children = childrenOf(span.spanId);
    const eventLead = `${inner}${children.length > 0 ? '│  ' : '   '}`;
    for (const { name, attributes } of span.events) {
      const level = String(attributes['diogenesis.finding.level'] ?? '');
      print(
        `   ${dim(eventLead)}${level === 'ALERT' ? bad('●') : '●'} ${name}  ${said(level).trim()} ${attributes['diogenesis.finding.pattern'] ?? ''}`,
      );
      const who = attributes['diogenesis.package.name'];
      if (who !== undefined) {
        print(
          `   ${dim(eventLead)}  ${bold([who, attributes['diogenesis.package.version']].filter(Boolean).join('@'))}  ${attributes['diogenesis.trait'] ?? ''}`,
        );
      }
    }
    children.forEach((child, index) => {
      show(child, inner, index === children.length - 1 ? '└─ ' : '├─ ');
    });
  };
  for (const root of childrenOf('')) show(root, '', '');
}

function describe({ name, duration, attributes }: ReceivedSpan): string {
  const facts = [trait(attributes), packageOf(attributes), summary(attributes)].filter(Boolean).join('  ');
  return `${bold(name)}${facts && `  ${facts}`}  ${dim(`${duration.toFixed(1)} ms`)}`;
}

const trait = (attributes: Values): string => String(attributes['diogenesis.trait'] ?? '').replace(/^[^:]*:/, '');

function packageOf(attributes: Values): string {
  const chain = attributes['diogenesis.package.chain'];
  return Array.isArray(chain) ? dim(chain.join(' ← ')) : '';
}

function summary(attributes: Values): string {
  const level = attributes['diogenesis.threat.level'];
  const findings = attributes['diogenesis.finding.count'];
  return level === undefined ? '' : `${said(String(level)).trim()} ×${findings}`;
}
