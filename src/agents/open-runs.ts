import { SafeMap } from '../primordials.ts';
import { type ArgumentMarks, marksOf } from './argument-marks.ts';

/** What is known of one run of a LangChain runnable. */
export interface Run {
  readonly name: string | undefined;
  readonly type: string | undefined;
  readonly parent: string | undefined;
  /** What a tool was given, until it has been classified. */
  readonly given: { value: unknown } | undefined;
  /** What it has answered, where that is asked for later. */
  readonly returned?: (() => unknown) | undefined;
  readonly span: object | undefined;
  /** The thread it belongs to, where the callbacks were told of one; it has been counted as a call then. */
  readonly thread?: string | undefined;
}

/** Both generations together. A run that nobody ends (an agent that was aborted) is kept until others have come. */
const MAX_BYTES = 4 * 1024 * 1024;
/* A heap number in a Set, and the objects around a run, as measured. */
const BYTES_OF_MARK = 48;
const BYTES_OF_RUN = 1_024;

/**
 * Runs that have started and not ended. Of what a tool was given only the marks are kept: agents hand over documents,
 * and runs that are never ended would keep them.
 */
export class OpenRuns {
  private recent = new SafeMap<string, Entry>();
  private older = new SafeMap<string, Entry>();
  /** Of `recent`. */
  private bytes = 0;

  note(id: string, run: Run): void {
    this.forget(id);
    const bytes = bytesOf(id, run, marksOf(run.given));
    if (this.bytes + bytes > MAX_BYTES / 2) {
      this.older = this.recent;
      this.recent = new SafeMap();
      this.bytes = 0;
    }
    this.bytes += bytes;
    this.recent.set(id, { run, bytes });
  }

  forget(id: string): void {
    this.bytes -= this.recent.get(id)?.bytes ?? 0;
    this.recent.delete(id);
    this.older.delete(id);
  }

  get(id: string): Run | undefined {
    return (this.recent.get(id) ?? this.older.get(id))?.run;
  }

  get size(): number {
    return this.recent.size + this.older.size;
  }
}

interface Entry {
  readonly run: Run;
  readonly bytes: number;
}

function bytesOf(id: string, run: Run, marks: ArgumentMarks | undefined): number {
  const texts = id.length + (run.name?.length ?? 0) + (run.parent?.length ?? 0) + (run.thread?.length ?? 0);
  let bytes = BYTES_OF_RUN + 2 * texts;
  if (marks !== undefined) {
    bytes += BYTES_OF_MARK * (marks.wholes.size + marks.injected.size + marks.paths.size + marks.hosts.size);
  }
  return bytes;
}
