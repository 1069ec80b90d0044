import type { Principal } from '../behavior.ts';
import { SafeSet } from '../primordials.ts';
import * as semconv from './semconv.ts';

/** Distinct records of one process; beyond it a package invents traits, and a fleet's log store must not fill. */
const MAX_RECORDS = 20_000;

/* SeverityNumber of the Logs data model. */
const INFO = 9;

export interface TraitRecordOptions {
  /** Processes that count as one when the fleet's lock file is learned. */
  readonly session: string;
  /** The senses were attached before any code of the application ran. */
  readonly complete: boolean;
  /** The lock file has it: nothing to tell. A trait `undefined` asks for the principal's own entry. */
  readonly isLocked: (principal: Principal, trait: string | undefined) => boolean;
  readonly emit: (record: object) => void;
}

/**
 * What this process saw beyond the lock file, as log records: each thing once. A Collector writes those of a whole
 * fleet into a file, which `diogenesis learn --from` reads like the observations of one command.
 */
export class TraitRecords {
  private readonly told = new SafeSet<string>();
  private readonly options: TraitRecordOptions;

  constructor(options: TraitRecordOptions) {
    this.options = options;
  }

  note(principal: Principal, trait: string | undefined): void {
    if (this.isNew(principal, trait, '') && !this.options.isLocked(principal, trait))
      this.tell(principal, trait, false);
  }

  /** The trait was a step of an ALERT: `learn` asks for it to be read. */
  dispute(principal: Principal, trait: string): void {
    if (this.isNew(principal, trait, '!')) this.tell(principal, trait, true);
  }

  private isNew(principal: Principal, trait: string | undefined, mark: string): boolean {
    const key = `${mark}${principal.key}\n${trait ?? ''}`;
    if (this.told.has(key) || this.told.size >= MAX_RECORDS) return false;
    this.told.add(key);
    return true;
  }

  private tell(principal: Principal, trait: string | undefined, isDisputed: boolean): void {
    const { session, complete, emit } = this.options;
    emit({
      eventName: semconv.EVENT_TRAIT,
      timestamp: Date.now(),
      severityNumber: INFO,
      severityText: 'INFO',
      body: trait === undefined ? principal.key : `${principal.key} ${trait}`,
      attributes: {
        [semconv.ATTR_PACKAGE_NAME]: principal.name,
        [semconv.ATTR_PACKAGE_VERSION]: principal.version,
        ...(trait === undefined ? {} : { [semconv.ATTR_TRAIT]: trait }),
        [semconv.ATTR_SESSION_ID]: session,
        [semconv.ATTR_SESSION_COMPLETE]: complete,
        ...(isDisputed ? { [semconv.ATTR_DISPUTED]: true } : {}),
      },
    });
  }
}
