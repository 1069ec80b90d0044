/**
 * What names say of values: which settings hold a secret, which headers and query parameters are made to carry one, and
 * which secrets nobody is to be sent at all. Words and rows, not exceptions in rules.
 */
import {
  MathMax,
  RegExpPrototypeExec,
  SafeSet,
  StringPrototypeIncludes,
  StringPrototypeSplit,
  StringPrototypeToLowerCase,
} from '../primordials.ts';
import { secretVariable } from './env-names.ts';
import { words } from './text.ts';

/**
 * Parts of the names of headers and query parameters by which one authenticates: a secret there is where it belongs.
 * Sources: RFC 9110 (authorization), RFC 6265 (cookie), RFC 6455 (sec-websocket-key), and the documentation of the
 * services in rightful-pairs.ts (x-api-key, x-goog-api-key, ocp-apim-subscription-key, x-amz-security-token, appid …).
 */
const AUTHENTICATING =
  /^host$|^origin$|auth|cookie|key|token|secret|credential|signature|passw|passphrase|licen[cs]e|subscription|jwt|bearer|app[-_]?id|sig|hmac|pwd/i;

/** True of a header or a query parameter that is made to carry a secret, or says where the request goes. */
export function authenticates(name: string): boolean {
  return RegExpPrototypeExec(AUTHENTICATING, name) !== null;
}

/* One look at a name that is none: an environment has a hundred of them. */
const MAY_NAME_SECRET =
  /secret|private|mnemonic|seed|pass|token|cred|xprv|key|wif|pat|jwt|auth|dsn|webhook|connection|_ur[il]|pwd/i;
/*
 * Settings of a name that env-names.ts does not list, as files of secrets have them: wallets (BIP-39, BIP-32, WIF) and
 * whatever calls itself a key. What a page shows to everybody is none.
 */
const NAMES_SECRET =
  /secret|private|mnemonic|seed|passw|passphrase|token|credential|xprv|keypair|(?:key|wif|pat|jwt)$/i;
const NAMES_PUBLIC = /pub|anon|site_?key|(?:id|uri|url)$/i;
/* Speaks of a secret, and is none. */
const SAYS_ABOUT = /(?:name|type|host|endpoint|issuer|header|algorithm|ttl|expires|expiry)$/i;

/** True when a setting of this name (`API_TOKEN`, `secretKey`, `wallet.seed`) holds a secret. */
export function namesSecret(name: string): boolean {
  if (RegExpPrototypeExec(MAY_NAME_SECRET, name) === null || RegExpPrototypeExec(SAYS_ABOUT, name) !== null)
    return false;
  if (RegExpPrototypeExec(NAMES_SECRET, name) !== null && RegExpPrototypeExec(NAMES_PUBLIC, name) === null) return true;
  return secretVariable(name) !== undefined;
}

/** Families of secrets that prove who somebody is by being used, and are no service's to receive. */
const NEVER_SENT = new SafeSet<string>(words('wallet private-key ssh gpg age wireguard keychain browser'));
const NEVER_SENT_NAME = /private|mnemonic|seed|wallet|keypair|xprv/i;

/** True of a secret that no service asks for: a private key, a seed. A key of an API is made to be sent. */
export function isNeverSent(family: string, name: string): boolean {
  return NEVER_SENT.has(family) || RegExpPrototypeExec(NEVER_SENT_NAME, name) !== null;
}

/**
 * Secrets of services to which nobody but their own clients sends them: by signature, in a header, to their own hosts.
 * Not so the tokens of code hosts (coverage services ask for one), of models and of databases (a proxy is given one).
 */
const OF_ONE_SERVICE = new SafeSet<string>(words('aws npm vault kubernetes docker'));

/** True of a secret that no third service asks for in the body of a request, whatever the field is called. */
export function staysAtHome(family: string, name: string): boolean {
  return OF_ONE_SERVICE.has(family) || isNeverSent(family, name);
}

/* Say nothing of whose the secret is. */
const GENERIC = new SafeSet<string>(
  words(`
    access admin auth client cloud connection credential credentials data database default development encryption
    https live master node password private production project public secret server service session signing site
    staging test token user webhook string
  `),
);

/**
 * True when a variable is called by the name of the service it is sent to: `INFURA_API_KEY` and `mainnet.infura.io`,
 * some of which take their key in the path. Only what somebody registers counts, not the names below it.
 */
export function isNamedFor(variable: string, host: string): boolean {
  const labels = StringPrototypeSplit(host, '.');
  let from = labels.length - 2;
  if (from > 0 && (labels[from] as string).length <= 3) from--;
  let domain = '';
  for (let i = MathMax(from, 0); i < labels.length; i++) domain += `.${labels[i]}`;
  const parts = StringPrototypeSplit(StringPrototypeToLowerCase(variable), '_');
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as string;
    if (part.length > 3 && !GENERIC.has(part) && StringPrototypeIncludes(domain, part)) return true;
  }
  return false;
}
