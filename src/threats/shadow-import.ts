import { RegExpPrototypeExec } from '../primordials.ts';
import { codeIsItsTrade, everydayWork, notItsOwnHands, wellKnown } from './excuses.ts';
import type { Rule } from './rule.ts';
import { SIGN } from './sign-bits.ts';
import { DROPPER_WINDOW, FETCHED_CODE_WINDOW } from './thresholds.ts';
import type { Note } from './trail.ts';

const S = SIGN;
const pattern = 'shadow_import';

const CODE = /\.(?:[cm]?[jt]sx?|php|jsp|aspx?|py|rb|sh|vue|svelte)$/i;
/* Made by tools, and made again: not what somebody has written. */
const MADE = /\/(?:dist|build|out|output|gen|generated|__generated__|coverage|te?mp|caches?|\.[^/]+)\//i;

/* The trait names the place within the application, wherever that lies. */
function isApplicationCode({ place, trait }: Note): boolean {
  return place === 'app' && RegExpPrototypeExec(CODE, trait) !== null && RegExpPrototypeExec(MADE, trait) === null;
}

/** Code arrives by a way that nobody installed: fetched, decoded, written into somebody else's package. */
export const SHADOW_IMPORT: readonly Rule[] = [
  {
    name: 'foreign_package_change',
    pattern,
    description: "A package changes another package's files: whoever loads that one next runs its code.",
    reference: ['T1554', 'T1195.001', 'T1574'],
    windowSeconds: 1,
    sequence: [{ signs: S.FOREIGN_PACKAGE, unreviewed: true }],
    level: { novel: 'ALERT', first: 'ALERT', appNovel: 'LOG' },
    says: "changed another package's file ({0})",
    unless: [everydayWork, wellKnown, notItsOwnHands],
  },
  {
    name: 'application_code_written',
    pattern,
    description: "A package writes code into the application's own source: whoever loads that next runs what it wrote.",
    reference: ['T1554', 'T1505.003', 'T1195.001'],
    windowSeconds: 1,
    sequence: [{ signs: S.WRITE, unreviewed: true, fits: isApplicationCode }],
    level: { novel: 'WARN', first: 'LOG' },
    says: "wrote code into the application's own source ({0})",
    unless: [everydayWork, wellKnown],
  },
  {
    name: 'fetched_module',
    pattern,
    description: 'A package fetches or writes code outside any package and then loads it.',
    reference: ['T1105', 'T1620', 'T1204.005'],
    windowSeconds: DROPPER_WINDOW,
    sequence: [
      { signs: S.EGRESS | S.TEMP_WRITE, unreviewed: true },
      { signs: S.FOREIGN_CODE, unreviewed: true },
    ],
    level: { novel: 'ALERT', first: 'WARN', appNovel: 'WARN', appFirst: 'LOG' },
    says: 'fetched or wrote something ({0}) and then loaded code from outside any package ({1})',
    unless: [everydayWork],
  },
  {
    name: 'foreign_code',
    pattern,
    description: 'A package loads code from a place where no package lives.',
    reference: ['T1574', 'T1620'],
    windowSeconds: 1,
    sequence: [{ signs: S.FOREIGN_CODE, unreviewed: true }],
    level: { novel: 'WARN', first: 'LOG', appNovel: 'LOG' },
    says: 'loaded code from outside any package ({0})',
    unless: [everydayWork],
  },
  {
    name: 'fetched_code',
    pattern,
    description: 'A package receives data from the network and turns text into code.',
    reference: ['T1059.007', 'T1620', 'T1105', 'T1102.001'],
    windowSeconds: FETCHED_CODE_WINDOW,
    sequence: [
      { signs: S.EGRESS, unreviewed: true, fits: (note) => note.direct },
      { signs: S.EVAL, unreviewed: true, fits: (note) => note.direct },
    ],
    level: { novel: 'ALERT', first: 'WARN' },
    says: 'talked to the network ({0}) and then turned text into code ({1})',
    unless: [everydayWork],
  },
  {
    name: 'text_code_acts',
    pattern,
    description: 'Code that a package made from text reaches for secrets, the network or other programs.',
    reference: ['T1620', 'T1027', 'T1059.007'],
    windowSeconds: 1,
    // Templates and validators are made from text too; what they never do is this.
    sequence: [
      {
        signs:
          S.SECRET |
          S.METADATA |
          S.CARRIED |
          S.EGRESS |
          S.TUNNEL |
          S.SPAWN |
          S.PERSISTENCE |
          S.AGENT_CONFIG |
          S.FOREIGN_PACKAGE,
        unreviewed: true,
        fits: (note) => note.fromText,
      },
    ],
    level: { novel: 'ALERT', first: 'WARN' },
    says: 'acted by code that it had made from text ({0})',
    unless: [codeIsItsTrade],
  },
  {
    name: 'code_with_secret',
    pattern,
    description: 'A package turns text into code and reads a secret: hidden code at work.',
    reference: ['T1620', 'T1027', 'T1552.001'],
    windowSeconds: FETCHED_CODE_WINDOW,
    sequence: [
      { signs: S.EVAL, unreviewed: true, fits: (note) => note.direct },
      { signs: S.SECRET | S.METADATA, unreviewed: true },
    ],
    level: { novel: 'ALERT', first: 'WARN' },
    says: 'turned text into code ({0}) and then read a secret ({1})',
    unless: [everydayWork, notItsOwnHands],
  },
  {
    name: 'network_function_replaced',
    pattern,
    description:
      'A package put its own function in the place of one by which everybody reaches the network: it sees and changes what others send.',
    reference: ['T1557', 'T1574', 'T1056.004'],
    windowSeconds: 1,
    sequence: [{ signs: S.BYPASS, unreviewed: true, fits: (note) => note.place === 'network-function' }],
    level: { novel: 'WARN', first: 'WARN', appNovel: 'LOG' },
    says: 'put its own function in the place of one by which everybody reaches the network ({0})',
    unless: [everydayWork],
  },
  {
    name: 'loader_hook',
    pattern,
    description:
      'A package puts itself between the loader and the files: it can change the code of every other package.',
    reference: ['T1574', 'T1554', 'T1620'],
    windowSeconds: 1,
    sequence: [{ signs: S.BYPASS, unreviewed: true, fits: (note) => note.place === 'loader' }],
    level: { novel: 'WARN', first: 'WARN', appNovel: 'LOG' },
    says: 'put itself between the loader and the files of all other packages ({0})',
    unless: [everydayWork],
  },
  {
    name: 'code_from_text',
    pattern,
    description: 'A package turns text into code.',
    reference: ['T1059.007', 'T1027'],
    windowSeconds: 1,
    sequence: [{ signs: S.EVAL, unreviewed: true }],
    level: { novel: 'WARN', first: undefined },
    says: 'turned text into code ({0})',
    unless: [everydayWork, notItsOwnHands],
  },
];
