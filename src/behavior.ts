import type { Attributes } from '@opentelemetry/api';
import type { CallSite } from './attribution/call-sites.ts';
import type { ToolCall } from './attribution/tool-call.ts';
import type { Finding } from './response/finding.ts';

/** The part of the machine an act touches; the first word of every trait (`audit`, a second source, has none of its own). */
export type Sense = 'import' | 'fs' | 'net' | 'process' | 'worker' | 'native' | 'code' | 'env' | 'audit';

/**
 * Who acts: a package, the application itself, an agent's tool, the agent, or nobody we can name.
 * Interned by `attribution/`: two principals with the same `key` are the same object.
 */
export interface Principal {
  /** `name@version`, `<app>`, `<unattributed>`, `tool:NAME` or `agent:NAME`. */
  readonly key: string;
  readonly kind: 'package' | 'app' | 'tool' | 'agent' | 'unattributed';
  /** Package name; equal to `key` for anything but a package. */
  readonly name: string;
  /** Package version; empty for anything but a package. */
  readonly version: string;
  /** Real path of its folder, `/`-separated, without trailing slash; empty when it has none. */
  readonly root: string;
  /** Names its package.json declares in any dependency field: importing them needs no trait. */
  readonly dependencies: ReadonlySet<string>;
}

/** Packages on the call stack, nearest first, each once. Interned: same members, same object. */
export interface Chain {
  readonly id: number;
  /**
   * Every member, as telemetry shows it, without instrumentations that only stand between two packages.
   * Never empty: `<unattributed>` when nobody is known.
   */
  readonly members: readonly Principal[];
  /**
   * Whose baseline the act belongs to: the nearest member and, beyond members that act for others (an HTTP client,
   * a process runner), whoever asked them to.
   */
  readonly owners: readonly Principal[];
  /**
   * Who may have had a part in it, for sequence rules: from the nearest up to and including the first `<app>`, without
   * those that merely called back into somebody else's code (a router calls a handler; it does not want what the
   * handler does). Contains the owners, nearest first.
   */
  readonly involved: readonly Principal[];
  /**
   * Packages on the stack beyond the application's own code: they called it, or were called back. Innocent, unless one
   * of them has taken a secret and the application's code now carries it away for them.
   */
  readonly behind: readonly Principal[];
  /** The AI agent on whose behalf all of it happens; the outermost member, where there is one. */
  readonly agent?: Principal | undefined;
  /** How the chain was found: on the stack, along `await`s, or from the asynchronous origin. */
  readonly source: 'stack' | 'async' | 'none';
}

/** What a sense saw, before anybody asks who did it. Senses build it; everything else is derived from it. */
export interface Act {
  readonly sense: Sense;
  /**
   * One word from the sense's vocabulary:
   * fs `read write stat list delete chmod link watch` · net `connect listen dns` · process `spawn` · worker `start` ·
   * native `dlopen` · import `load` · code `eval replace` · env `read`.
   */
  readonly operation: string;
  /**
   * What it is done to, raw: an absolute path (fs, worker, native), `host:port` or `unix:/path` (net connect, listen),
   * a host (dns), a program as the caller named it (process), a resolved specifier (import: `node:fs`, a bare package
   * name, or an absolute path for `file:` imports).
   */
  readonly target: string;
  /** process: the program is run by a shell, or is one. */
  readonly shell?: boolean;
  /** process: the arguments, unredacted; they never leave the process as they are. */
  readonly argv?: readonly string[];
  /** process: the beginning of the script file that a shell is told to run; never leaves the process either. */
  readonly script?: string;
  /** process: the manifest of the package whose lifecycle script this is, as a package manager tells its child. */
  readonly installs?: string | undefined;
  /** process: it is to live on when its parent ends. */
  readonly detached?: boolean;
  /** net: a request that has a body as a rule (POST, PUT, PATCH). */
  readonly sends?: boolean;
  /** Span attributes of the standard conventions (`file.*`, `server.*`, `process.*` …), already redacted. */
  readonly attributes?: Attributes;
  /** Who acts, where the sense knows it without a stack (import edges carry `parentURL`). */
  readonly principal?: Principal;
  /**
   * The sense has already told of this act at a higher level when the caller is Node itself (a DNS lookup made by
   * `net.connect`, the file a stream opens): drop it when the immediate caller is not user code.
   */
  readonly impliedByNode?: boolean;
  /** Told already where it began, if whoever does it has shown this trait: drop it unless it is novel. */
  readonly onlyIfNovel?: boolean;
  /** net, the command line of a process, what is written: a secret in it; asked once, before it leaves, of packages. */
  readonly carries?: (() => CarriedSecret | undefined) | undefined;
  /** Who acts, where an earlier act was the beginning of this one. */
  readonly chain?: Chain | undefined;
  /** fs: what is written is a symbolic link to this path. Like every link it can only be made where nothing is. */
  readonly linksTo?: string | undefined;
  /** What is written may be a folder, put there with all it holds (a rename, a copy, a link). */
  readonly bringsTree?: boolean;
}

/** A secret found in a request, or in what is written: where it came from and where it stands, and nothing of the secret. */
export interface CarriedSecret {
  /** `<app>/secrets/seed.txt`, `API_TOKEN`, `API_TOKEN in <app>/.env`. */
  readonly from: string;
  readonly family: string;
  /** The variable or setting that holds it; empty where it has no name. */
  readonly setting: string;
  /** `the header x-session-id`, `the query id`, `the path`. */
  readonly where: string;
  /** There are others beside it, of other services. */
  readonly several?: boolean;
}

/** Why a target is dangerous whoever touches it; written in brackets behind the trait. */
export type Sensitivity = 'credential' | 'persistence' | 'shell' | 'native' | 'metadata' | 'agent-config' | 'self';

/** What the target of an act is, for rules and for telemetry; says nothing of who acts. */
export interface Resource {
  /** The target as a trait names it for somebody who does not own it, e.g. `<home>/.npmrc`, `api.example.com:443`. */
  readonly target: string;
  /** Absolute, normalised, `/`-separated path of a file target; empty otherwise. */
  readonly path: string;
  /** The group it belongs to, e.g. `home`, `tmp`, `app`, `package`, `system`, `loopback`, `public-host`, `program`. */
  readonly resourceClass: string;
  readonly sensitivity: Sensitivity | undefined;
  /** Which row of the sensitivity table it matched (`aws`, `npm`, `ssh` …): rules pair it with its rightful hosts. */
  readonly family: string | undefined;
  /** `high`: always attributed, never habituated without its chain. `low`: attributed now and then. */
  readonly risk: 'low' | 'high';
}

/** An act with its meaning and its authors: the one thing that flows from the senses to the immune system. */
export interface Behavior {
  readonly act: Act;
  readonly resource: Resource;
  readonly chain: Chain;
  /** Who did it: the nearest owner of the chain. */
  readonly principal: Principal;
  /** The trait as the nearest member has it; `undefined` when every package may do this (it is then never novel). */
  readonly trait: string | undefined;
  /** The execution of an agent's tool that it is part of; usually undefined. */
  readonly call?: ToolCall | undefined;
  /** The owner whose own code is just being loaded; usually undefined. */
  readonly loading?: Principal | undefined;
  /** The owner that turned text into the code which acts (`new Function`, `eval`, `vm`); usually undefined. */
  readonly textBy?: Principal | undefined;
  /** Where in the code: the nearest frame of whoever answers; `undefined` when nobody is on the stack. */
  readonly site?: CallSite | undefined;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** A secret that the request carries, of those that this process has met. */
  carried?: CarriedSecret | undefined;
  /** Filled by whoever assesses first (sampler, span processor, or the sense itself); the others reuse it. */
  assessment: Assessment | undefined;
}

/** What the immune system thinks of one behavior. */
export interface Assessment {
  /** No responsible member of the chain had shown this trait before. */
  readonly novel: boolean;
  /** Voltage of the principal that answers for the behavior, 0..1, after this behavior. */
  readonly voltage: number;
  /** Findings raised now; empty for most behaviors and for repeats under cooldown. */
  readonly findings: readonly Finding[];
  /** Nothing of it is new, nothing matches, and no pattern or policy wants to see it again. */
  readonly ordinary: boolean;
  /** May be counted without attribution from now on. */
  readonly habituated: boolean;
  /** The act must fail with this error before it happens (`mode: 'block'` only). */
  readonly refusal: Error | undefined;
}

/** How a trait stands with one principal: in its baseline, without a baseline to hold it to, or against it. */
export type Standing = 'known' | 'unbaselined' | 'novel';

/** One member of a chain under one behavior: what voltage and threat patterns reason about. */
export interface Deed {
  readonly behavior: Behavior;
  readonly principal: Principal;
  /** The behavior as a trait of this principal. */
  readonly trait: string;
  readonly standing: Standing;
  /** Milliseconds since the epoch. */
  readonly time: number;
}
