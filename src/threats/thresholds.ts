/**
 * Every number of the threat patterns, with its reason. Windows are seconds, levels live in the rows themselves.
 */

/**
 * Secret → network. A day: both steps must be unreviewed, so the distance between them matters little, and an attacker
 * who waits an hour between reading and sending must not slip through.
 */
export const EXFILTRATION_WINDOW = 86_400;

/** Download → write → run. An hour: droppers run what they fetched within seconds; delayed ones wait minutes. */
export const DROPPER_WINDOW = 3_600;

/** Fetch → evaluate. Long enough for a slow poll, short enough that a template engine and an API call do not pair. */
export const FETCHED_CODE_WINDOW = 600;

/** Different kinds of secrets read by one package that make a harvest without any egress. Two kinds still occur
 * together honestly (`.npmrc` and `.gitconfig` by release tools). */
export const HARVEST_FAMILIES = 3;
export const HARVEST_WINDOW = 600;

/** Different kinds of secret environment variables; SDKs read one or two of their own. */
export const ENV_HARVEST_FAMILIES = 4;

/** A label of this length that reads like an encoding is payload: honest hashed labels (CDN, load balancers) are
 * 12–32 characters, a DNS label holds at most 63. */
export const TUNNEL_LABEL = 40;
/** A shorter encoded label (chunked secrets) counts when the package has read a secret before. */
export const TUNNEL_CHUNK = 16;
/** Distinct encoded names under way within the window before a tunnel is said without a secret read. */
export const TUNNEL_NAMES = 8;
export const TUNNEL_WINDOW = 300;

/** Sliding window of all burst counters. */
export const BURST_WINDOW = 60;
/** Distinct files deleted outside the package's own folder, caches and temp, by a package. Clean-up steps of build
 * tools delete more, but they have a role or a baseline. */
export const DELETES_WARN = 30;
export const DELETES_ALERT = 100;
/** Distinct files deleted or written in the user's home, where packages have little business. */
export const HOME_CHANGES_WARN = 15;
export const HOME_CHANGES_ALERT = 40;
/** Distinct files of the document folders: the first is worth a look, with so many it is a wiper or a ransom. */
export const DOCUMENTS_ALERT = 10;
/** Distinct files written elsewhere: code generators without a role write dozens. */
export const WRITES_WARN = 500;
/** Distinct host:port pairs; an API client talks to a handful, a crawler has a role or a baseline. */
export const HOSTS_WARN = 60;
/** Distinct private addresses: a look around the local network. A service mesh knows a dozen. */
export const PRIVATE_HOSTS_WARN = 20;
/** Programs started, repeats included; a build of a large workspace starts about one a second. */
export const SPAWNS_WARN = 120;
export const SPAWNS_ALERT = 600;
/** Distinct names looked up. */
export const NAMES_WARN = 120;

/** A new dangerous kind of behaviour this long after the package was first seen is a time bomb rather than start-up. */
export const LATE_AFTER = 600;

/** Hosts a baseline may show and still make a new one remarkable; with more, the package goes where it is told. */
export const FEW_HOSTS = 3;

/** Voltage below which accumulated novelty is worth a WARN although no rule fired, and above which it is armed again. */
export const DRIFT_BELOW = 0.5;
export const DRIFT_REARM = 0.7;

/** Quiet time after which an incident is closed and the next match opens a new one. */
export const INCIDENT_QUIET = 600;

/** Notes kept per principal and kind. Known ones are dropped first, then the oldest: a flood of harmless acts cannot
 * push a credential read out of memory. */
export const LANE = { secret: 12, egress: 16, write: 16, run: 12, code: 12 } as const;

/** Principals whose notes are kept. */
export const MAX_SUSPECTS = 2_048;
/** Traits of one principal whose first standing is remembered for bursts. */
export const MAX_FRESH = 256;
/** Dropped files whose later readers are watched. */
export const MAX_DROPS = 128;
/** Bytes of a command line that are looked at. */
export const MAX_COMMAND = 4_096;
/** Command lines whose signs are kept, by hash. */
export const SIGN_CACHE = 512;
/** Patterns that can be added, and steps in one of them. */
export const MAX_CUSTOM = 64;
export const MAX_CUSTOM_STEPS = 8;
/** Default window of a custom pattern. */
export const CUSTOM_WINDOW = 300;
