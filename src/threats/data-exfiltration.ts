import {
  actsForOthers,
  everydayWork,
  newlyRightfulReader,
  notItsOwnHands,
  ownConfiguration,
  ownConfigurationSent,
  rightfulCarrier,
  rightfulPair,
  rightfulReader,
  sameClient,
  throughRightfulReader,
  wellKnownInstaller,
} from './excuses.ts';
import type { MatchContext, Rule } from './rule.ts';
import { SIGN } from './sign-bits.ts';
import {
  ENV_HARVEST_FAMILIES,
  EXFILTRATION_WINDOW,
  FETCHED_CODE_WINDOW,
  HARVEST_FAMILIES,
  HARVEST_WINDOW,
  TUNNEL_NAMES,
  TUNNEL_WINDOW,
} from './thresholds.ts';
import type { Note } from './trail.ts';

const S = SIGN;
const pattern = 'data_exfiltration';

/* Who made the request: whoever merely stands behind it is not meant. */
const carriesSecret = (note: Note): boolean => note.carried !== undefined && note.direct;

const notOrdinary = (note: Note): boolean => !note.ordinary;

function harvest(signs: number, least: number): (context: MatchContext) => readonly Note[] | undefined {
  return ({ deed, trail }) => {
    const kinds = trail.families(signs, deed.time - HARVEST_WINDOW * 1000, notOrdinary);
    return kinds.length >= least ? kinds : undefined;
  };
}

/** Secrets leave: a package takes what is not its own, and something leaves the process by any channel. */
export const DATA_EXFILTRATION: readonly Rule[] = [
  {
    name: 'secret_to_network',
    pattern,
    description: 'A package reads a secret and then reaches a destination that the secret does not belong to.',
    reference: ['T1552.001', 'T1005', 'T1041', 'T1567.004', 'T1048'],
    windowSeconds: EXFILTRATION_WINDOW,
    sequence: [
      { signs: S.SECRET | S.METADATA | S.CARRIED | S.COMMAND_SECRET, unreviewed: true },
      { signs: S.EGRESS | S.TUNNEL, unreviewed: true },
    ],
    level: { novel: 'ALERT', first: 'ALERT', appNovel: 'ALERT' },
    says: 'obtained a secret ({0}) and then sent something out ({1})',
    unless: [rightfulPair, sameClient, ownConfigurationSent, throughRightfulReader],
  },
  {
    name: 'secret_to_known_network',
    pattern,
    description: 'A package reads a secret it never read and then sends something where it has always sent something.',
    reference: ['T1552.001', 'T1005', 'T1041', 'T1567.001'],
    windowSeconds: EXFILTRATION_WINDOW,
    // The destination tells nothing: a secret leaves through an allowed host as well as through a new one.
    sequence: [
      // With its own hands: whoever merely stands behind somebody else's read is not meant.
      { signs: S.SECRET | S.METADATA, unreviewed: true, fits: (note) => notOrdinary(note) && note.direct },
      { signs: S.EGRESS | S.TUNNEL },
    ],
    level: { novel: 'ALERT', first: 'ALERT' },
    says: 'newly obtained a secret ({0}) and then sent something out ({1})',
    unless: [rightfulPair, sameClient, ownConfigurationSent, throughRightfulReader, everydayWork],
  },
  {
    name: 'secret_to_drop',
    pattern,
    description: 'The application reads a secret and something of it reaches a bare address or an anonymous drop.',
    reference: ['T1552.001', 'T1567.004'],
    windowSeconds: EXFILTRATION_WINDOW,
    sequence: [
      { signs: S.SECRET | S.METADATA | S.CARRIED, unreviewed: true },
      { signs: S.DROP | S.TUNNEL, unreviewed: true },
    ],
    level: { novel: 'ALERT', first: 'ALERT', appNovel: 'ALERT', appFirst: 'WARN' },
    says: 'obtained a secret ({0}) and then reached an anonymous destination ({1})',
    unless: [rightfulPair],
  },
  {
    name: 'reviewed_secret_to_drop',
    pattern,
    description: 'A package that rightly reads a secret reaches an anonymous destination it never used.',
    reference: ['T1552.001', 'T1567.004'],
    windowSeconds: EXFILTRATION_WINDOW,
    sequence: [{ signs: S.SECRET | S.ENV_SECRET | S.METADATA }, { signs: S.DROP | S.TUNNEL, unreviewed: true }],
    level: { novel: 'WARN', first: 'LOG', appNovel: 'LOG' },
    says: 'knows a secret ({0}) and newly reached an anonymous destination ({1})',
    unless: [rightfulPair],
  },
  {
    name: 'env_secret_to_drop',
    pattern,
    description: 'A package reads secret environment variables and then reaches an anonymous destination.',
    reference: ['T1552.001', 'T1567.004'],
    windowSeconds: EXFILTRATION_WINDOW,
    sequence: [
      { signs: S.ENV_SECRET, unreviewed: true },
      { signs: S.DROP | S.TUNNEL, unreviewed: true },
    ],
    level: { novel: 'ALERT', first: 'WARN', appNovel: 'WARN' },
    says: 'read a secret from the environment ({0}) and then reached an anonymous destination ({1})',
    unless: [rightfulPair],
  },
  {
    name: 'env_secret_to_network',
    pattern,
    description: 'A package begins to read secret environment variables and to talk to a new destination.',
    reference: ['T1552.001', 'T1041'],
    windowSeconds: EXFILTRATION_WINDOW,
    sequence: [
      { signs: S.ENV_SECRET, unreviewed: true },
      { signs: S.EGRESS, unreviewed: true },
    ],
    // Every SDK reads its key and calls its service: at first contact this says nothing.
    level: { novel: 'WARN', first: undefined },
    says: 'newly read a secret from the environment ({0}) and talked to a new destination ({1})',
    unless: [rightfulPair, sameClient, everydayWork],
  },
  {
    name: 'env_harvest_to_network',
    pattern,
    description: 'A package reads secret environment variables of several services and then talks to the network.',
    reference: ['T1552.001', 'T1041'],
    windowSeconds: EXFILTRATION_WINDOW,
    sequence: [
      { signs: S.ENV_SECRET, unreviewed: true },
      { signs: S.EGRESS | S.TUNNEL, unreviewed: true },
    ],
    level: { novel: 'ALERT', first: 'WARN', appNovel: 'LOG' },
    says: 'read secrets of several services from the environment ({0} and others) and then sent something out',
    unless: [everydayWork],
    also: ({ deed, trail, note }) => {
      const kinds = trail.families(S.ENV_SECRET, deed.time - EXFILTRATION_WINDOW * 1000, notOrdinary);
      if (kinds.length < ENV_HARVEST_FAMILIES) return undefined;
      kinds[kinds.length] = note;
      return kinds;
    },
  },
  {
    name: 'carried_secret_to_drop',
    pattern,
    description: 'A package puts a secret that it was handed into a request to an anonymous destination.',
    reference: ['T1041', 'T1567.004', 'T1552'],
    windowSeconds: 1,
    sequence: [{ signs: S.DROP, unreviewed: true, fits: carriesSecret }],
    level: { novel: 'ALERT', first: 'ALERT', appNovel: 'WARN' },
    says: 'put a secret (from {f}) into {w} of a request to an anonymous destination ({0})',
    unless: [actsForOthers],
  },
  {
    name: 'carried_secret',
    pattern,
    description:
      'A package sends a secret that it was handed where none belongs: in a header, path, query, body or DNS label that is not made for one.',
    reference: ['T1041', 'T1552', 'T1132.001'],
    windowSeconds: 1,
    sequence: [{ signs: S.EGRESS | S.TUNNEL, unreviewed: true, fits: carriesSecret }],
    // Against a settled baseline the destination is new as well.
    level: { novel: 'ALERT', first: 'WARN' },
    says: 'put a secret (from {f}) into {w} of a request of its own ({0})',
    unless: [actsForOthers, rightfulCarrier],
  },
  {
    name: 'secrets_staged',
    pattern,
    description: 'A package writes secrets of several services into a file and then sends something out.',
    reference: ['T1074.001', 'T1041', 'T1552'],
    windowSeconds: EXFILTRATION_WINDOW,
    sequence: [
      { signs: S.WRITE | S.TEMP_WRITE | S.OWN_WRITE, unreviewed: true, fits: carriesSecret },
      { signs: S.EGRESS | S.TUNNEL, unreviewed: true },
    ],
    level: { novel: 'ALERT', first: 'WARN', appNovel: 'LOG' },
    says: 'wrote secrets of several services ({f} and others) into a file ({0}) and then sent something out ({1})',
    unless: [everydayWork],
  },
  {
    name: 'secret_harvest',
    pattern,
    description: 'A package collects secrets of several unrelated kinds.',
    reference: ['T1552.001', 'T1552.004', 'T1555.003', 'T1005'],
    windowSeconds: HARVEST_WINDOW,
    sequence: [{ signs: S.SECRET | S.METADATA, unreviewed: true }],
    level: { novel: 'ALERT', first: 'ALERT', appNovel: 'WARN', appFirst: 'LOG' },
    says: 'collected secrets of several unrelated kinds ({0} and others)',
    unless: [everydayWork],
    also: harvest(S.SECRET | S.METADATA, HARVEST_FAMILIES),
  },
  {
    name: 'secret_in_command',
    pattern,
    description: 'A child process is given a secret and a way out in one command line.',
    reference: ['T1552.001', 'T1048', 'T1059.004'],
    windowSeconds: 1,
    sequence: [{ signs: S.COMMAND_SECRET, fits: (note) => (note.signs & S.EGRESS) !== 0, unreviewed: true }],
    level: { novel: 'ALERT', first: 'ALERT', appNovel: 'ALERT', appFirst: 'WARN' },
    says: 'started a program that takes a secret and can send it away ({0})',
  },
  {
    name: 'secret_by_command',
    pattern,
    description: 'A child process prints or opens a secret.',
    reference: ['T1552.001', 'T1059.004'],
    windowSeconds: 1,
    sequence: [{ signs: S.COMMAND_SECRET, unreviewed: true }],
    level: { novel: 'WARN', first: 'WARN', appNovel: 'LOG' },
    says: 'started a program that takes a secret ({0})',
    unless: [everydayWork, notItsOwnHands],
  },
  {
    name: 'secret_read',
    pattern,
    description: 'A package reads a secret that is none of its business so far.',
    reference: ['T1552.001', 'T1552.004', 'T1555.003'],
    windowSeconds: 1,
    sequence: [{ signs: S.SECRET, unreviewed: true }],
    level: { novel: 'WARN', first: 'WARN', appNovel: 'LOG' },
    says: 'read a secret ({0})',
    unless: [rightfulReader, newlyRightfulReader, ownConfiguration, notItsOwnHands],
  },
  {
    name: 'secret_after_network',
    pattern,
    description: 'A package opens a channel and then reads a secret, which the open channel can carry.',
    reference: ['T1552.001', 'T1041', 'T1071.001'],
    windowSeconds: FETCHED_CODE_WINDOW,
    sequence: [
      { signs: S.EGRESS | S.LISTEN, unreviewed: true, fits: (note) => notOrdinary(note) && note.direct },
      { signs: S.SECRET | S.METADATA, unreviewed: true, fits: (note) => notOrdinary(note) && note.direct },
    ],
    level: { novel: 'ALERT', first: 'ALERT' },
    says: 'newly used the network ({0}) and then read a secret ({1})',
    unless: [ownConfigurationSent, rightfulReader, newlyRightfulReader],
  },
  {
    name: 'secret_staged',
    pattern,
    description: 'A package reads a secret and writes a file that somebody else can pick up.',
    reference: ['T1074.001', 'T1552.001'],
    windowSeconds: EXFILTRATION_WINDOW,
    sequence: [
      { signs: S.SECRET | S.METADATA, unreviewed: true, fits: notOrdinary },
      { signs: S.TEMP_WRITE | S.WRITE, unreviewed: true },
    ],
    level: { novel: 'WARN', first: 'WARN' },
    says: 'obtained a secret ({0}) and then wrote a file for others to find ({1})',
    unless: [everydayWork, ownConfiguration, notItsOwnHands],
  },
  {
    name: 'metadata_service',
    pattern,
    description: 'A package that is no cloud client asks the metadata service, which hands out credentials.',
    reference: ['T1552.005'],
    windowSeconds: 1,
    sequence: [{ signs: S.METADATA, unreviewed: true }],
    level: { novel: 'WARN', first: 'WARN', appNovel: 'LOG' },
    says: 'contacted the cloud metadata service ({0})',
    unless: [everydayWork],
  },
  {
    name: 'network_while_loading',
    pattern,
    description: 'A package sends something out as soon as it is loaded, before anybody has asked it for anything.',
    reference: ['T1041', 'T1082', 'T1567.004'],
    windowSeconds: 1,
    // Installation scripts fetch binaries; what they do is looked at by other rules.
    sequence: [{ signs: S.EGRESS | S.TUNNEL, unreviewed: true, fits: (note) => note.whileLoading && !note.atInstall }],
    level: { novel: 'WARN', first: 'WARN' },
    says: 'sent something out as soon as it was loaded ({0})',
    unless: [everydayWork, notItsOwnHands],
  },
  {
    name: 'network_at_install',
    pattern,
    description: 'An install script talks to a host that is neither a registry nor a code host.',
    reference: ['T1195.002', 'T1041', 'T1105'],
    windowSeconds: 1,
    // Who fetches a binary for a living has a role; everybody else is worth a look.
    sequence: [
      {
        signs: S.EGRESS | S.TUNNEL,
        unreviewed: true,
        fits: (note) => note.atInstall && note.direct && note.place !== 'registry' && note.place !== 'code-host',
      },
    ],
    level: { novel: 'WARN', first: 'WARN' },
    says: 'talked to the network while it was being installed ({0})',
    unless: [everydayWork, wellKnownInstaller],
  },
  {
    name: 'dns_tunnel',
    pattern,
    description: 'A package looks up many names whose labels read like encoded data.',
    reference: ['T1071.004', 'T1048', 'T1030'],
    windowSeconds: TUNNEL_WINDOW,
    sequence: [{ signs: S.TUNNEL, unreviewed: true }],
    level: { novel: 'ALERT', first: 'WARN', appNovel: 'WARN', appFirst: 'LOG' },
    says: 'looked up many names that read like encoded data (last: {0})',
    unless: [everydayWork],
    also: ({ deed, trail }) => {
      const names = trail.families(S.TUNNEL, deed.time - TUNNEL_WINDOW * 1000);
      return names.length >= TUNNEL_NAMES ? names : undefined;
    },
  },
];
