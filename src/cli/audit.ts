/** Node's permission audit (`--audit`): its options, and what Node does not do under it. */
import fs from 'node:fs';
import path from 'node:path';
import { say } from './output.ts';

const AUDIT = '--permission-audit';

/** What a Node refuses under the audit that it does otherwise: tried with 24.21 and 26.10. */
export function refusedUnderAudit(version: string): string {
  return Number(version.split('.')[0]) >= 26
    ? 'dns.Resolver and the dns.resolve functions, process.report.writeReport, process.binding and the inspector'
    : 'native addons, process.binding and the inspector';
}

/**
 * The options that switch it on for an application. What is installed may be read without a word: otherwise Node 24 and
 * 26 find no subpath import (`#name`) of a CommonJS package, and half of what is read is modules being loaded.
 */
export function auditOptions(...roots: readonly string[]): string[] {
  const installed = new Set<string>();
  for (const root of roots) {
    for (let at = path.resolve(root); ; at = path.dirname(at)) {
      const folder = path.join(at, 'node_modules');
      if (fs.existsSync(folder)) installed.add(fs.realpathSync(folder));
      if (path.dirname(at) === at) break;
    }
  }
  return [AUDIT, ...[...installed].map((folder) => `--allow-fs-read=${folder}`)];
}

/** Says what the audit means for the command. Answers whether this Node has it. */
export function sayAudit(): boolean {
  const isThere = process.allowedNodeEnvironmentFlags.has(AUDIT);
  say(
    isThere
      ? `diogenesis: ${AUDIT} is on; under it this Node refuses ${refusedUnderAudit(process.versions.node)}`
      : `diogenesis: this Node has no ${AUDIT} (Node 24.20 and newer have it); going on without`,
  );
  return isThere;
}
