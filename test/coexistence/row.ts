/** One thing that Diogenesis has to live beside. */
export interface Row {
  readonly name: string;
  /** Who is named for what the hostile package does: the package itself, or the application where it is one file. */
  readonly named: 'evil' | '<app>';
  /** Files of the application besides the usual ones. */
  readonly files?: Readonly<Record<string, string>>;
  /** Commands that make it ready, e.g. a bundler's. */
  readonly prepare?: readonly Command[];
  /** The runs to compare: the same command without and with the preload, one for each order. */
  readonly runs: readonly Run[];
  /** What a reader has to know, or why it does not work. */
  readonly note?: string;
  /** Does not work, and is known not to: the row says so, and fails when it does. */
  readonly broken?: true;
}

export interface Run {
  readonly title: string;
  /** `{diogenesis}` stands for the words that preload it; without it they go into NODE_OPTIONS. */
  readonly command: Command;
  readonly env?: Readonly<Record<string, string>>;
}

export type Command = readonly string[];

/** Nobody tried these: the table says so. */
export interface Untried {
  readonly name: string;
  readonly why: string;
}
