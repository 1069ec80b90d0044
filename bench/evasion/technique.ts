/** What a technique does in the end; each of these is something that Diogenesis has to see. */
export type DeedOfTechnique = 'read' | 'connect' | 'spawn' | 'native' | 'tamper';

/**
 * One way of acting unseen, or in somebody else's name. Its code is the body of `evil@1.0.1`, an inert package beside an
 * innocent one; it reads a canary of a fake home, connects to a loopback sink, or starts a stub program.
 *
 * The code finds `SECRET` (a file with the canary), `LOOT` (where a copy of it proves that it was read), `SINK` (port),
 * `STUB` (program), `TOKEN` and `prove(text)`, which reports by a way that no sense looks at.
 */
export interface Technique {
  readonly name: string;
  /** A row of the field notes, or our own. */
  readonly source: 'field' | 'own';
  readonly deed: DeedOfTechnique;
  /** What it does, for the table. */
  readonly says: string;
  /** Body of node_modules/evil/index.js. `run(innocent)` is called by the application, unless it is ESM. */
  readonly evil: string;
  /** Further files, relative to the application's folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** The application's main file, where the usual one does not do. */
  readonly app?: string;
  /** Options of Node in front of the preload. */
  readonly before?: readonly string[];
  /** Options of Node behind the preload. */
  readonly options?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Traits that betray the way, where the act itself stays unseen; a finding of WARN or above on one counts. */
  readonly way?: RegExp;
  /** Traits that betray the act, where they are not what the deed says. */
  readonly evidence?: RegExp;
  /** First and last major version of Node in which it exists. */
  readonly node?: readonly [first: number, last: number];
  /** Why it stays unseen, where it does. */
  readonly limit?: string;
}

/** Rows of one table share their source unless they say otherwise. */
export type Row = Omit<Technique, 'source'> & { readonly source?: Technique['source'] };

export function techniques(source: Technique['source'], rows: readonly Row[]): Technique[] {
  return rows.map((row) => ({ source, ...row }));
}
