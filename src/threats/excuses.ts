import type { Principal } from '../behavior.ts';
import { StringPrototypeIndexOf, StringPrototypeLastIndexOf, StringPrototypeSlice } from '../primordials.ts';
import {
  asksMetadata,
  evaluates,
  isNamedFor,
  isNeverSent,
  isTradeOf,
  isWellKnown,
  mayCarry,
  sendsKeys,
} from './knowledge.ts';
import type { Excuse, MatchContext } from './rule.ts';
import { SIGN } from './sign-bits.ts';
import type { Note } from './trail.ts';

/* Legitimate work that has the shape of an attack. Who may do what is data in classification/; how it excuses is here. */

const SECRETS = SIGN.SECRET | SIGN.ENV_SECRET | SIGN.METADATA | SIGN.CARRIED;

function secretOf(context: MatchContext): Note | undefined {
  for (let i = 0; i < context.steps.length; i++) {
    const step = context.steps[i] as Note;
    if ((step.signs & SECRETS) !== 0) return step;
  }
  return undefined;
}

function carries(family: string, note: Note, principal: Principal): boolean {
  const { involved } = note.chain;
  // The application may use its own configuration; that it stands at the end of every chain excuses nobody else.
  if (principal.kind === 'app' && mayCarry(family, principal.name, hostOf(note.target))) return true;
  for (let i = 0; i < involved.length; i++) {
    const member = involved[i] as (typeof involved)[number];
    if (member.kind === 'package' && mayCarry(family, member.name, hostOf(note.target))) return true;
  }
  return false;
}

function hostOf(target: string): string {
  const colon = StringPrototypeLastIndexOf(target, ':');
  if (colon <= 0 || StringPrototypeIndexOf(target, ']', colon) !== -1) return target;
  return StringPrototypeSlice(target, 0, colon);
}

/* A member that may have this secret, was there when it was read, and is at work again when the data leaves. */
function sameHands(secret: Note, egress: Note): boolean {
  const readers = secret.chain.involved;
  const senders = egress.chain.involved;
  for (let i = 0; i < readers.length; i++) {
    const reader = readers[i] as Principal;
    if (reader.kind !== 'package' || !mayHave(secret, reader)) continue;
    for (let j = 0; j < senders.length; j++) if (senders[j] === reader) return true;
  }
  return false;
}

/* The metadata service also tells region and instance: cloud clients and agents ask it for those. */
function mayHave(secret: Note, reader: Principal): boolean {
  if (secret.family !== undefined && mayCarry(secret.family, reader.name, '')) return true;
  return (secret.signs & SIGN.METADATA) !== 0 && asksMetadata(reader.name);
}

/** The role does such things every day: an HTTP client connects, a bundler evaluates, a process runner spawns. */
export const everydayWork: Excuse = {
  name: 'everyday work of its role',
  to: undefined,
  holds: ({ note }) => note.ordinary,
};

/** Templates, bundlers and test runners run what they make from text; what it does is their user's. */
export const codeIsItsTrade: Excuse = {
  name: 'running code from text is its role',
  to: undefined,
  holds: ({ deed }) => evaluates(deed.principal),
};

/** The same, but worth a line: secrets are read by those whose work it is, and who asked them is not known to us. */
export const rightfulReader: Excuse = {
  name: 'read by a package whose work it is',
  to: undefined,
  holds: ({ note, standing }) => note.ordinary && standing !== 'novel',
};
export const newlyRightfulReader: Excuse = {
  name: 'newly read by a package whose work it is',
  to: 'LOG',
  holds: ({ note }) => note.ordinary,
};

/** A secret goes where it belongs: the pair is a row of classification/rightful-pairs.ts. */
export const rightfulPair: Excuse = {
  name: 'the secret belongs to that destination',
  to: undefined,
  holds(context) {
    const secret = secretOf(context);
    return secret?.family !== undefined && carries(secret.family, context.note, context.deed.principal);
  },
};

/** A client sends what it is told to send: whoever told it has a deed of its own. */
export const actsForOthers: Excuse = {
  name: 'a client that acts for others',
  to: undefined,
  holds: ({ deed }) => deed.principal.kind !== 'package' || isTradeOf(deed),
};

/**
 * A secret in a request goes where it belongs: a rightful pair, a package whose role it is to send the keys it is given,
 * a service that the variable is named for. Private keys and seeds belong nowhere.
 */
export const rightfulCarrier: Excuse = {
  name: 'the secret that it carries belongs there',
  to: undefined,
  holds({ note, deed }) {
    const { carried } = note;
    // A pair that may have such a secret uses it for a handshake or a signature.
    if (carried === undefined || isNeverSent(carried.family, carried.setting)) return false;
    if (carries(carried.family, note, deed.principal)) return true;
    return sendsKeys(deed) || (carried.setting !== '' && isNamedFor(carried.setting, hostOf(note.target)));
  },
};

/** The client that rightly read the secret made the connection: a private or emulated endpoint. */
export const sameClient: Excuse = {
  name: 'the client that reads this secret made the connection itself',
  to: undefined,
  holds(context) {
    const secret = secretOf(context);
    return secret !== undefined && (context.note.signs & SIGN.DROP) === 0 && sameHands(secret, context.note);
  },
};

/** At first contact: a package that had its secret read by the rightful library and also talks to the network. */
export const throughRightfulReader: Excuse = {
  name: 'the secret was read through a library whose work it is',
  to: 'WARN',
  holds: (context) => context.standing !== 'novel' && secretOf(context)?.ordinary === true,
};

/** At first contact: secrets in the app's own folder (`.env`, its TLS key) are configuration that packages may read. */
export const ownConfiguration: Excuse = {
  name: "the application's own configuration",
  to: 'LOG',
  holds: (context) => context.standing !== 'novel' && secretOf(context)?.place === 'app',
};
export const ownConfigurationSent: Excuse = { ...ownConfiguration, to: 'WARN' };

/** Something else did it on the way; the one who did it has its own finding. */
export const notItsOwnHands: Excuse = {
  name: 'done by another package on its behalf',
  to: 'LOG',
  holds: ({ note, standing }) => !note.direct && standing !== 'novel',
};

/** At first contact a package that many know gets the benefit of the doubt: a look, not an alarm. */
export const wellKnown: Excuse = {
  name: 'a well-known package at first contact',
  to: 'WARN',
  holds: ({ deed, standing }) => standing !== 'novel' && isWellKnown(deed.principal),
};

/** At first contact: native addons, browsers and compilers fetch their binaries from the hosts of their makers. */
export const wellKnownInstaller: Excuse = { ...wellKnown, name: 'a well-known package fetches its binary', to: 'LOG' };
