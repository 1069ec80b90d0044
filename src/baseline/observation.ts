/**
 * What a process saw, on disk: one append-only file of JSON lines per process and thread, so that no two writers meet.
 * The first line says who wrote it, every further one is `["principal"]` (seen, nothing noteworthy) or
 * `["principal","trait"]`, with a third element `"partial"` when that principal was not observed from process start, or
 * `"disputed"` when the trait was a step of an ALERT.
 * A line is in the kernel before the act it tells of goes on: `kill -9` loses nothing that was noted.
 */
import { threadId } from 'node:worker_threads';
import {
  ArrayIsArray,
  appendFileSync,
  closeSync,
  DateNow,
  ErrorConstructor,
  existsSync,
  hrtimeBigint,
  JSONParse,
  JSONStringify,
  join,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  SafeMap,
  SafeSet,
  statSync,
  writeSync,
} from '../primordials.ts';
import type { Session } from './merge.ts';
import { isLogsData, readTraitRecords } from './trait-log.ts';

export const OBSERVATION_VERSION = 1;
/** Traits a process may note; beyond it a package invents them, and the disk must not fill. */
export const MAX_NOTES = 100_000;

export interface ObservationOptions {
  /** The run this process belongs to; sortable by time. */
  readonly session: string;
  /** The senses were attached before any code of the app ran. */
  readonly complete: boolean;
  readonly mode: string;
  /** In a lifecycle script: whose, and which (`postinstall`). */
  readonly script?: { readonly package: string; readonly event: string };
}

export interface ObservationWriter {
  readonly file: string;
  /**
   * Writes down that a principal was seen (trait undefined) or did something, once. `complete` is false when this
   * principal was loaded before it could be observed. Never throws.
   */
  note(principalKey: string, trait: string | undefined, complete: boolean): void;
  /** Writes down that a trait was a step of an ALERT, once: `learn` asks for it to be read. Never throws. */
  dispute(principalKey: string, trait: string): void;
  /** Why the last line could not be written (a full disk, a removed folder); undefined while all is well. */
  readonly problem: string | undefined;
}

/**
 * Starts the observation file of this process in a folder, which is made when it is missing.
 * The file is opened for every line: a descriptor held open could be closed by an app that closes all it has, and its
 * number be given to one of the app's own files. Never throws; see `problem`.
 */
export function appendObservation(folder: string, options: ObservationOptions): ObservationWriter {
  // The clock makes the name unique where a container repeats process ids.
  const file = join(
    folder,
    `${process.pid}-${threadId}-${DateNow().toString(36)}${(hrtimeBigint() % 0xffffffn).toString(36)}.jsonl`,
  );
  const noted = new SafeMap<string, boolean>();
  const disputed = new SafeSet<string>();
  const header = JSONStringify({
    diogenesisObservation: OBSERVATION_VERSION,
    session: options.session,
    pid: process.pid,
    threadId,
    complete: options.complete,
    mode: options.mode,
    script: options.script,
  });
  let problem: string | undefined;
  let before = '';

  const write = (line: string): void => {
    try {
      // Not appendFileSync: it calls fs.writeFileSync by name, and would be seen by our own senses.
      const descriptor = openSync(file, 'a', 0o644);
      try {
        const text = `${before}${line}\n`;
        if (writeSync(descriptor, text) < Buffer.byteLength(text)) throw new ErrorConstructor('disk full');
      } finally {
        closeSync(descriptor);
      }
      before = '';
      problem = undefined;
    } catch (error) {
      // Half a line may be there: it is closed off, and the header said again, before the next one.
      before = `\n${header}\n`;
      if (problem === undefined) markLoss(folder);
      problem = `observations cannot be written to ${file} (${(error as NodeJS.ErrnoException)?.code ?? 'error'})`;
    }
  };
  try {
    mkdirSync(folder, { recursive: true });
  } catch {
    // The write below says what is wrong.
  }
  write(header);

  return {
    file,
    get problem() {
      return problem;
    },
    note(principalKey, trait, complete) {
      const isPartial = !complete && options.complete;
      const key = `${principalKey}\n${trait ?? ''}`;
      const wasPartial = noted.get(key);
      // Noted as partial counts for the principal, whichever of its traits says so.
      if (wasPartial === undefined ? noted.size >= MAX_NOTES : wasPartial || !isPartial) return;
      noted.set(key, isPartial);
      if (isPartial) write(JSONStringify([principalKey, trait ?? null, 'partial']));
      else write(JSONStringify(trait === undefined ? [principalKey] : [principalKey, trait]));
    },
    dispute(principalKey, trait) {
      const key = `${principalKey}\n${trait}`;
      if (disputed.has(key) || disputed.size >= MAX_NOTES) return;
      disputed.add(key);
      write(JSONStringify([principalKey, trait, 'disputed']));
    },
  };
}

/* An empty file takes no room: it can be made on most disks that are full. */
const LOSS = 'loss';

/** Leaves word in the folder of a run that not everything could be written down. Never throws. */
export function markLoss(folder: string): void {
  try {
    closeSync(openSync(join(folder, LOSS), 'a', 0o644));
  } catch {
    // Not even that; the line on stderr stays.
  }
}

/** Whether a process of the run could not write down all it saw, or all its findings. */
export function hasLoss(folder: string): boolean {
  return existsSync(join(folder, LOSS));
}

const REFUSED = 'refused';

/** Leaves word in the folder of a run that Node has refused something under `--permission-audit`. Never throws. */
export function markRefusal(folder: string, what: string): void {
  try {
    appendFileSync(join(folder, REFUSED), `${what}\n`);
  } catch {
    // The line on stderr stays.
  }
}

/** What Node has refused in any process of the run because of the audit, each once. */
export function refusalsOf(folder: string): string[] {
  try {
    return [...new Set(readFileSync(join(folder, REFUSED), 'utf8').split('\n'))].filter((what) => what !== '');
  } catch {
    return [];
  }
}

export interface Observations {
  /** By session, oldest first; the files of one session, of any number of processes, are one. */
  readonly sessions: readonly Session[];
  readonly files: number;
  /** Lines that were skipped, a file each; a torn last line is none. */
  readonly problems: readonly string[];
}

/** One thing that a process of a session saw. */
export interface Observed {
  readonly session: string;
  readonly principal: string;
  readonly trait: string | undefined;
  /** The principal was observed from process start. */
  readonly isComplete: boolean;
  /** The trait was a step of an ALERT. */
  readonly isDisputed: boolean;
}

interface Growing {
  readonly id: string;
  readonly principals: Map<
    string,
    { complete: boolean; traits: Set<string>; disputed?: Set<string>; scripts?: Set<string> }
  >;
}

/**
 * Reads observation files, or folders of them at any depth. Missing ones count as empty, and one that cannot be read
 * never spoils the others.
 */
export function readObservations(...paths: readonly string[]): Observations {
  return readObservationsOf(paths, () => {});
}

/** {@link readObservations}, saying before each file how many are read and how many there are. */
export function readObservationsOf(
  paths: readonly string[],
  tell: (read: number, files: number) => void,
): Observations {
  const sessions = new Map<string, Growing>();
  const problems: string[] = [];
  const files = paths.flatMap((path) => observationFiles(path)).sort();
  for (const [index, file] of files.entries()) {
    tell(index, files.length);
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      problems.push(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`);
      continue;
    }
    const problem = addObservations(text, file, sessions);
    if (problem !== undefined) problems.push(problem);
  }
  return { sessions: [...sessions.values()].sort((a, b) => (a.id < b.id ? -1 : 1)), files: files.length, problems };
}

function observationFiles(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.jsonl') && entry.name !== 'findings.jsonl')
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

/** Adds one file's text to the sessions; answers what had to be skipped, if anything. */
export function addObservations(text: string, file: string, sessions: Map<string, Growing>): string | undefined {
  const lines = text.split('\n');
  // What follows the last line feed was being written when the process died.
  lines.pop();
  const first = lines.findIndex((line) => line !== '');
  const header = parseLine(lines[first] ?? '');
  // Killed before its first line was whole: it saw nothing.
  if (header === undefined && lines.length === 0) return undefined;
  if (isLogsData(header)) return addTraitLog(lines, file, sessions);
  if (!isHeader(header)) return `${file}:1: not an observation file; left out`;
  if (header.diogenesisObservation !== OBSERVATION_VERSION) {
    return `${file}:1: observation format ${String(header.diogenesisObservation)} is not ${OBSERVATION_VERSION}; left out`;
  }
  let session = sessions.get(header.session);
  if (session === undefined) {
    session = { id: header.session, principals: new Map() };
    sessions.set(header.session, session);
  }
  let skipped = 0;
  let firstSkipped = 0;
  for (let i = first + 1; i < lines.length; i++) {
    const line = lines[i] as string;
    if (line === '') continue;
    const note = parseLine(line);
    if (!isNote(note)) {
      if (isHeader(note)) continue;
      skipped++;
      firstSkipped ||= i + 1;
      continue;
    }
    const [key, trait, mark] = note;
    let principal = session.principals.get(key);
    if (principal === undefined) {
      principal = { complete: true, traits: new Set() };
      session.principals.set(key, principal);
    }
    if (header.script?.package === key) {
      principal.scripts ??= new Set();
      principal.scripts.add(header.script.event);
    }
    if (mark === 'disputed') {
      principal.disputed ??= new Set();
      if (typeof trait === 'string') principal.disputed.add(trait);
      continue;
    }
    if (!header.complete || mark !== undefined) principal.complete = false;
    if (typeof trait === 'string') principal.traits.add(trait);
  }
  if (skipped === 0) return undefined;
  return `${file}:${firstSkipped}: ${skipped} unreadable line${skipped === 1 ? '' : 's'}; left out`;
}

function addTraitLog(lines: readonly string[], file: string, sessions: Map<string, Growing>): string | undefined {
  let skipped = 0;
  for (let i = 0; i < lines.length; i++) {
    if (lines[i] === '') continue;
    const data = parseLine(lines[i] as string);
    if (isLogsData(data)) readTraitRecords(data, (what) => addObserved(what, sessions));
    else skipped++;
  }
  return skipped === 0 ? undefined : `${file}: ${skipped} unreadable line${skipped === 1 ? '' : 's'}; left out`;
}

function addObserved(what: Observed, sessions: Map<string, Growing>): void {
  let session = sessions.get(what.session);
  if (session === undefined) {
    session = { id: what.session, principals: new Map() };
    sessions.set(what.session, session);
  }
  let principal = session.principals.get(what.principal);
  if (principal === undefined) {
    principal = { complete: true, traits: new Set() };
    session.principals.set(what.principal, principal);
  }
  if (what.isDisputed) {
    principal.disputed ??= new Set();
    if (what.trait !== undefined) principal.disputed.add(what.trait);
    return;
  }
  if (!what.isComplete) principal.complete = false;
  if (what.trait !== undefined) principal.traits.add(what.trait);
}

function parseLine(line: string): unknown {
  try {
    return JSONParse(line);
  } catch {
    return undefined;
  }
}

interface Header {
  readonly diogenesisObservation: unknown;
  readonly session: string;
  readonly complete: boolean;
  readonly script?: ObservationOptions['script'];
}

function isHeader(value: unknown): value is Header {
  return (
    typeof value === 'object' &&
    value !== null &&
    'diogenesisObservation' in value &&
    typeof (value as Header).session === 'string' &&
    typeof (value as Header).complete === 'boolean' &&
    isScript((value as Header).script)
  );
}

function isScript(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  const { package: key, event } = value as Record<string, unknown>;
  return typeof key === 'string' && typeof event === 'string';
}

function isNote(value: unknown): value is [string, (string | null)?, ('partial' | 'disputed')?] {
  return (
    ArrayIsArray(value) &&
    value.length >= 1 &&
    value.length <= 3 &&
    typeof value[0] === 'string' &&
    value[0] !== '' &&
    (value[1] === undefined || value[1] === null || (typeof value[1] === 'string' && value[1] !== '')) &&
    (value[2] === undefined || value[2] === 'partial' || value[2] === 'disputed')
  );
}
