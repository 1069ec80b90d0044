import { VERSION } from '../version.ts';
import type { CheckReport } from './report.ts';

/** The report of a check for programs; docs/lock-file.md documents every key. */
export function jsonReport(report: CheckReport): string {
  return `${JSON.stringify(
    {
      diogenesis: VERSION,
      formatVersion: 1,
      result: report.packages.length === 0 ? 'as-locked' : 'unreviewed',
      lock: report.lockFile,
      command: report.command,
      commandExit: report.commandExit ?? null,
      processes: report.processes,
      observed: report.observed,
      packages: report.packages.map((entry) => ({
        package: entry.key,
        name: entry.name,
        version: entry.version,
        level: entry.level,
        comparedWith: entry.comparedWith,
        against: entry.against ?? null,
        state: entry.state ?? null,
        scripts: entry.scripts,
        before: entry.before,
        unreviewed: entry.unreviewed,
      })),
      allowed: report.allowed.map(({ key, trait, reason }) => ({ package: key, trait, reason })),
      expired: report.expired,
      harmless: report.harmless.map(({ key }) => key),
      unobserved: report.unobserved,
    },
    null,
    2,
  )}\n`;
}
