/** What there can be a million of. */
export interface Kind {
  readonly name: string;
  /** How many there are in a full run. */
  readonly many: number;
  /** The most that may be added to the heap, in MB; bounded tables that fill up, not a share of the count. */
  readonly atMost: number;
  readonly says: string;
  /** Node itself keeps every one: what a run without us keeps is taken off. */
  readonly keptByNode?: true;
}

export const KINDS: readonly Kind[] = [
  { name: 'paths', many: 1_000_000, atMost: 30, says: 'distinct files asked about, through fs' },
  { name: 'hosts', many: 1_000_000, atMost: 30, says: 'distinct hosts connected to' },
  { name: 'programs', many: 1_000_000, atMost: 30, says: 'distinct command lines started, each of 4 KB' },
  {
    name: 'argv',
    many: 20_000,
    atMost: 30,
    says: 'spawns of distinct programs with 1,000 arguments, 1 MB, through child_process',
  },
  { name: 'packages', many: 1_000_000, atMost: 80, says: 'distinct packages at work' },
  {
    name: 'installed',
    many: 200_000,
    atMost: 60,
    says: 'distinct files of as many installed packages, by their paths',
  },
  { name: 'sites', many: 1_000_000, atMost: 40, says: 'distinct scripts, and so call sites, on the stack of an act' },
  { name: 'deep', many: 100_000, atMost: 30, says: 'distinct files asked about from 5,000 calls deep' },
  {
    name: 'names',
    many: 100_000,
    atMost: 40,
    says: 'distinct names that text was compiled under, beyond what Node keeps',
    keptByNode: true,
  },
  {
    name: 'urls',
    many: 100_000,
    atMost: 20,
    says: 'distinct data: URLs imported, beyond what Node keeps',
    keptByNode: true,
  },
  { name: 'traces', many: 1_000_000, atMost: 30, says: 'distinct traces with an act in each' },
  { name: 'tools', many: 1_000_000, atMost: 30, says: 'distinct names of tools of an agent' },
  {
    name: 'findings',
    many: 1_000_000,
    atMost: 80,
    says: 'acts that raise a finding, as fast as they come',
  },
];
