/**
 * Log records `diogenesis.trait` as a Collector's file exporter writes them (a line of OTLP's JSON for each batch), read
 * as what the processes of a fleet observed.
 */
import type { Observed } from './observation.ts';

const EVENT = 'diogenesis.trait';

interface AnyValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
}
interface LogRecord {
  readonly eventName?: string;
  readonly attributes?: readonly { readonly key: string; readonly value: AnyValue }[];
}
interface LogsData {
  readonly resourceLogs: readonly { readonly scopeLogs?: readonly { readonly logRecords?: readonly LogRecord[] }[] }[];
}

export function isLogsData(value: unknown): value is LogsData {
  return typeof value === 'object' && value !== null && Array.isArray((value as LogsData).resourceLogs);
}

/** Hands over everything that the records of a line say was observed; records of other events are left alone. */
export function readTraitRecords(data: LogsData, observed: (what: Observed) => void): void {
  for (const { scopeLogs } of data.resourceLogs) {
    for (const { logRecords } of scopeLogs ?? []) {
      for (const record of logRecords ?? []) {
        if (record.eventName !== EVENT) continue;
        const values = new Map((record.attributes ?? []).map(({ key, value }) => [key, value]));
        const text = (name: string) => values.get(`diogenesis.${name}`)?.stringValue;
        const name = text('package.name');
        const session = text('session.id');
        if (!name || !session) continue;
        const version = text('package.version');
        observed({
          session,
          principal: version ? `${name}@${version}` : name,
          trait: text('trait'),
          isComplete: values.get('diogenesis.session.complete')?.boolValue === true,
          isDisputed: values.get('diogenesis.disputed')?.boolValue === true,
        });
      }
    }
  }
}
