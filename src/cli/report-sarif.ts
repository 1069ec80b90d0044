import fs from 'node:fs';
import path from 'node:path';
import type { Level } from '../response/finding.ts';
import { VERSION } from '../version.ts';
import { printable } from './output.ts';
import { adviceOf, type CheckReport, statusOf, type UnreviewedPackage } from './report.ts';

interface Rule {
  readonly id: string;
  /** Traits it speaks of. */
  readonly pattern: RegExp;
  readonly title: string;
  readonly help: string;
  /** CVSS-like, as code scanning sorts (`security-severity`). */
  readonly severity: string;
}

/* First match counts; the last one takes what is left. */
const RULES: readonly Rule[] = [
  {
    id: 'diogenesis/credential',
    pattern: /\[credential\]$/,
    severity: '9.1',
    title: 'A package reaches a secret that it never touched before',
    help: 'Reading credential files (.npmrc, .aws, .ssh …) is what almost every malicious release does first. Approve it only when the package needs that very secret for its work.',
  },
  {
    id: 'diogenesis/persistence',
    pattern: /\[(?:persistence|agent-config|self)\]$/,
    severity: '9.1',
    title: 'A package touches files that make code run later',
    help: 'Shell profiles, git hooks, CI workflows, agent configuration and Diogenesis itself are how malware stays. A library has no reason to write there.',
  },
  {
    id: 'diogenesis/metadata',
    pattern: /\[metadata\]$/,
    severity: '9.1',
    title: 'A package reaches the cloud metadata service',
    help: "The metadata service hands out the machine's credentials. Only cloud SDKs need it.",
  },
  {
    id: 'diogenesis/native',
    pattern: /\[native\]$|^native[.:]/,
    severity: '8.2',
    title: 'A package loads native code',
    help: 'Native code can do anything without being seen. Check that the binary is what the package says.',
  },
  {
    id: 'diogenesis/program',
    pattern: /^process\.|\[shell\]$/,
    severity: '8.2',
    title: 'A package starts a program that it never started before',
    help: 'Look at the program and at who asks for it. In an install script, downloading and running something is the usual second stage of an attack.',
  },
  {
    id: 'diogenesis/code',
    pattern: /^code\.|^import:file:/,
    severity: '7.5',
    title: 'A package runs code from outside its own files',
    help: 'Code that is built from text, or loaded from a place that no package owns, was reviewed by nobody.',
  },
  {
    id: 'diogenesis/network',
    pattern: /^net\./,
    severity: '7.5',
    title: 'A package talks to a host that it never talked to before',
    help: 'Check the host: is it the service that this package is a client of? A new host beside a newly read file is how data leaves.',
  },
  {
    id: 'diogenesis/files',
    pattern: /^fs\.(?:write|delete|chmod|link):/,
    severity: '6.5',
    title: 'A package changes files that are not its own',
    help: 'Check that the files are ones the package is meant to produce.',
  },
  {
    id: 'diogenesis/behavior',
    pattern: /^/,
    severity: '4.0',
    title: 'A package does something that its baseline does not have',
    help: 'Review the difference and approve it, or stay with the version before.',
  },
];

const SARIF_LEVELS: Record<Level, 'error' | 'warning' | 'note'> = { ALERT: 'error', WARN: 'warning', LOG: 'note' };

/** The report of a check as SARIF 2.1.0, one result a trait, for code scanning. */
export function sarifReport(report: CheckReport, root: string): string {
  const manifest: Manifest = { uri: manifestUri(root), text: readManifest(root) };
  const results = report.packages.flatMap((entry) =>
    entry.unreviewed.map(({ trait, level, means, denied }) => {
      const rule = ruleOf(trait);
      return {
        ruleId: rule.id,
        ruleIndex: RULES.indexOf(rule),
        level: SARIF_LEVELS[level],
        message: {
          text: printable(
            `${entry.key} ${denied === undefined ? means : `is denied this (${denied})`}: ${trait}. It ${statusOf(entry)}. ${adviceOf(entry)}`,
          ),
        },
        locations: [locationOf(entry, manifest)],
        partialFingerprints: { 'diogenesisTrait/v1': `${entry.name}|${trait}` },
        properties: { package: entry.key, trait, against: entry.against ?? null },
      };
    }),
  );
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'diogenesis-otel',
            semanticVersion: VERSION,
            informationUri: 'https://www.npmjs.com/package/diogenesis-otel',
            rules: RULES.map(({ id, title, help, severity }) => ({
              id,
              name: id.slice('diogenesis/'.length),
              shortDescription: { text: title },
              fullDescription: { text: `${title}. ${help}` },
              help: { text: help, markdown: help },
              defaultConfiguration: {
                level: Number(severity) >= 8 ? 'error' : Number(severity) >= 6 ? 'warning' : 'note',
              },
              properties: { tags: ['security', 'supply-chain'], 'security-severity': severity, precision: 'high' },
            })),
          },
        },
        originalUriBaseIds: { SRCROOT: { description: { text: 'The top of the repository' } } },
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function ruleOf(trait: string): Rule {
  return RULES.find(({ pattern }) => pattern.test(trait)) as Rule;
}

function readManifest(root: string): string {
  try {
    return fs.readFileSync(path.join(root, 'package.json'), 'utf8');
  } catch {
    return '';
  }
}

interface Manifest {
  readonly uri: string;
  readonly text: string;
}

/* Code scanning looks for files from the top of the repository, wherever in it the application lies. */
function manifestUri(root: string): string {
  const names = ['package.json'];
  for (let folder = root; !fs.existsSync(path.join(folder, '.git')); folder = path.dirname(folder)) {
    if (path.dirname(folder) === folder) return 'package.json';
    names.unshift(path.basename(folder));
  }
  return names.map(encodeURIComponent).join('/');
}

/* Where package.json asks for it, or its first line for a package that comes with another one. */
function locationOf({ name }: UnreviewedPackage, { uri, text }: Manifest): object {
  const lines = text.split('\n');
  const index = lines.findIndex((line) => line.trimStart().startsWith(`${JSON.stringify(name)}:`));
  const region =
    index < 0
      ? { startLine: 1 }
      : {
          startLine: index + 1,
          startColumn: (lines[index] as string).indexOf('"') + 1,
          endColumn: (lines[index] as string).trimEnd().length + 1,
        };
  return { physicalLocation: { artifactLocation: { uri, uriBaseId: 'SRCROOT' }, region } };
}
