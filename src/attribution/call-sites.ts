import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import type { Chain, Principal } from '../behavior.ts';
import { isCompiler } from '../classification/roles.ts';
import { isWrapper } from '../classification/wrappers.ts';
import {
  ArrayPrototypePush,
  getBuiltinModule,
  getCallSites,
  join,
  MathMax,
  MathMin,
  SafeMap,
  StringPrototypeCharCodeAt,
  StringPrototypeIndexOf,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from '../primordials.ts';
import { originNow } from './async-origin.ts';
import { chainOf, giverOfText } from './chain.ts';
import { lendersNow } from './lending.ts';
import { adopterOf, mainPrincipal, principalOfFile, principalOfModule } from './packages.ts';
import { claimantOf, isClaimed } from './script-identity.ts';
import { type ToolCall, toolCallNow } from './tool-call.ts';

/* Frames looked at first; an act whose application frame lies deeper is looked at again with all V8 gives (200). */
const FRAMES = 27;
/* The same, without the innermost of our own. */
const FRAMES_OF_OTHERS = 20;
/* Fewer than this save nothing. */
const FEWEST_FRAMES = 4;
/* As many as stand between a `require` and the function of the loader that tells us. */
const FRAMES_OF_LOADER = 14;
const ALL_FRAMES = 200;
/* More frames than fit on a stack of the usual size. */
const MAX_DEPTH = 20_000;
const MAX_SCRIPTS = 20_000;

/* Where a frame stands when it is nobody's: Node itself, this package, or code without a file. */
const NODE = 1;
const OURS = 2;
const NOBODY = 3;
type Owner = Principal | typeof NODE | typeof OURS | typeof NOBODY;

/* How Node names what a worker of `eval: true` runs. */
const WORKER_TEXT = '[worker eval';

const withoutSourceMaps = { sourceMap: false };
let files = new SafeMap<string, Owner>();
/* Code without a file, by script id: who made it. */
let makers = new SafeMap<string, Principal | null>();
/* Names under which somebody compiled text as if it were a file, and who did. */
const textFiles = new SafeMap<string, Principal>();
const MAX_TEXT_FILES = 1_000;
/** Found by the last `collect`: who made the first code without a file on the stack. */
let lastMaker: Principal | undefined;
/** Found by the last `collect`: whose code the loader was running. */
let lastLoading: Principal | undefined;
/** Found by the last `collect`: where the application stands. */
let lastIndex = 0;

/*
 * This file's own name tells where the frames of this package lie: `dist/`, or `src/` and `instrumentations/`. It is not
 * the name that error stacks show of the bundle (scripts/build.mjs), which anybody could give themselves.
 */
const SOURCE = 'src/attribution/call-sites.ts';
const isBuilt = !import.meta.url.endsWith(`/${SOURCE}`);
const sources = import.meta.url.slice(0, -SOURCE.length);
const ownFolders = isBuilt ? [join(import.meta.dirname, sep)] : [`${sources}src/`, `${sources}instrumentations/`];

/** Kept by script id: a name can be forged (`//# sourceURL`), an id cannot. */
let scripts = new SafeMap<string, Owner>();

/** Forgets which script belongs to whom: the application's root has changed. */
export function forgetScripts(): void {
  scripts = new SafeMap();
  files = new SafeMap();
  makers = new SafeMap();
  debuggerOpener = undefined;
}

/** The acting frame, for `code.*` attributes. */
export interface CallSite {
  readonly functionName: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Attribution {
  readonly chain: Chain;
  /** The execution of an agent's tool that it is part of. */
  readonly call: ToolCall | undefined;
  /** The nearest frame of whoever answers, or else of anybody but Node and us; `undefined` when there is none on the stack. */
  readonly site: CallSite | undefined;
  /** The act was made by Node itself (net for http, tls for https …), not by user code calling the function. */
  readonly byNode: boolean;
  /** Who acts while its own code is being loaded, where that is an owner of the chain. */
  readonly loading: Principal | undefined;
  /** Who turned text into the code that acts (`new Function`, `eval`, `vm`), where that is an owner of the chain. */
  readonly textBy: Principal | undefined;
}

function ownerOfName(name: string): Owner {
  let owner = files.get(name);
  if (owner === undefined) {
    owner = findOwner(name);
    if (files.size >= MAX_SCRIPTS) files = new SafeMap();
    files.set(name, owner);
  }
  return owner;
}

function findOwner(name: string): Owner {
  if (StringPrototypeStartsWith(name, 'node:')) return NODE;
  for (let i = 0; i < ownFolders.length; i++) if (StringPrototypeStartsWith(name, ownFolders[i] as string)) return OURS;
  if (StringPrototypeStartsWith(name, 'file://')) {
    const query = StringPrototypeIndexOf(name, '?');
    try {
      return principalOfModule(fileURLToPath(query < 0 ? name : StringPrototypeSlice(name, 0, query)));
    } catch {
      return NOBODY; // not a file URL of this platform
    }
  }
  // `node -e`, the REPL and workers made from text belong to whoever this process runs for.
  if (StringPrototypeStartsWith(name, '[eval') || StringPrototypeStartsWith(name, WORKER_TEXT)) return mainPrincipal();
  // But a REPL that somebody starts is theirs.
  if (StringPrototypeStartsWith(name, 'REPL')) return adopterOf('REPL') ?? mainPrincipal();
  // Code in a URL belongs to whoever imported it.
  if (StringPrototypeStartsWith(name, 'data:')) return adopterOf(name) ?? NOBODY;
  const first = StringPrototypeCharCodeAt(name, 0);
  if (first === 47 || StringPrototypeIndexOf(name, ':\\') === 1) return principalOfFile(name);
  // The one script of a single-executable application has the name it was built from.
  if (name !== '' && isSingleExecutable()) return mainPrincipal();
  return NOBODY; // code without a file: the frames around it tell who made it
}

let singleExecutable: boolean | undefined;

function isSingleExecutable(): boolean {
  singleExecutable ??= (getBuiltinModule('node:sea') as { isSea?: () => boolean } | undefined)?.isSea?.() === true;
  return singleExecutable;
}

// biome-ignore lint/complexity/noBannedTypes: any function that is running
type AnyFunction = Function;
type FullSite = ReturnType<typeof getCallSites>[number];
interface QuickSite extends Site {
  readonly at: NodeJS.CallSite;
  readonly owner: Owner;
}
/** A frame: of `getCallSites`, or without its script's id where that cannot matter. */
interface Site {
  readonly scriptName: string;
  readonly scriptId: string | undefined;
}

function ownerOfSite(site: Site): Owner {
  const id = site.scriptId;
  if (id === undefined) return (site as QuickSite).owner;
  let owner = scripts.get(id);
  if (owner === undefined) {
    owner = claimantOf(id, site.scriptName) ?? ownerOfName(site.scriptName);
    if (scripts.size >= MAX_SCRIPTS) scripts = new SafeMap();
    scripts.set(id, owner);
  }
  return owner;
}

/** Whose code a frame of `getCallSites` is: Node's, ours, or anybody's. */
export function standingOf(site: Site): 'node' | 'ours' | 'other' {
  const owner = ownerOfSite(site);
  return owner === NODE ? 'node' : owner === OURS ? 'ours' : 'other';
}

/** Files of Node that call patched functions on somebody's behalf; timers and promises only call back. */
export function implies(name: string): boolean {
  return (
    StringPrototypeStartsWith(name, 'node:') &&
    !StringPrototypeStartsWith(name, 'node:internal/timers') &&
    !StringPrototypeStartsWith(name, 'node:internal/process/task_queues') &&
    !StringPrototypeStartsWith(name, 'node:events') &&
    !StringPrototypeStartsWith(name, 'node:diagnostics_channel')
  );
}

/**
 * Who is acting, from the structured call sites of V8: immune to `Error.prepareStackTrace`, `Error.stackTraceLimit` and
 * forged names. `thorough` (for dangerous acts) also follows `await`s when the application is not on the stack, and tells
 * who stands behind the application where it is: they never answer for it, but may have made it act. `suspicious` follows
 * `await`s in any case, to find out on whose behalf the application acts. `above` is a function of ours that is running:
 * its frame, and what it has called, need not be walked.
 */
export function attribute(thorough: boolean, suspicious = false, above: AnyFunction = attribute): Attribution {
  const few = thorough ? FRAMES_OF_OTHERS : framesToApp;
  const members: Principal[] = [];
  const lenders = lendersNow();
  if (lenders !== undefined) addAll(members, lenders);
  let quick = captureQuickly(above, few, !thorough, above === aheadAbove && few === aheadMost ? ahead : undefined);
  let sites: readonly Site[] = quick?.sites ?? getCallSites(FRAMES, withoutSourceMaps);
  let reachedApp = collect(sites, members, !thorough);
  if (!reachedApp && few < FRAMES_OF_OTHERS && quick?.isCut === true) {
    quick = captureQuickly(above, FRAMES_OF_OTHERS, !thorough);
    sites = quick?.sites ?? getCallSites(FRAMES, withoutSourceMaps);
    members.length = 0;
    if (lenders !== undefined) addAll(members, lenders);
    reachedApp = collect(sites, members, !thorough);
  }
  if (!thorough) expectAppAt(reachedApp ? lastIndex : FRAMES_OF_OTHERS);
  const isCut = quick?.isCut ?? sites.length === FRAMES;
  let byNode = false;
  if (!reachedApp && isCut && thorough) {
    sites = getCallSites(ALL_FRAMES, withoutSourceMaps);
    members.length = 0;
    if (lenders !== undefined) addAll(members, lenders);
    reachedApp = collect(sites, members, !thorough);
    // Deeper than V8 shows here: somebody may hide beneath another package's recursion.
    if (!reachedApp && sites.length === ALL_FRAMES) collectAll(members);
  }
  const maker = lastMaker;
  const loading = lastLoading;
  let first: Site | undefined;
  let sawNode = false;
  for (let i = 0; i < sites.length; i++) {
    const site = sites[i] as Site;
    const owner = ownerOfSite(site);
    if (owner === OURS) continue;
    if (owner === NODE) {
      if (!sawNode) byNode = implies(site.scriptName);
      sawNode = true;
      continue;
    }
    if (!sawNode) byNode = false;
    first = site;
    break;
  }
  let source: Chain['source'] = 'stack';
  if (suspicious || (!reachedApp && thorough)) {
    const awaiting = quick?.isCut === false ? quick.all : captureSites();
    if (collectAwaiting(awaiting, members)) source = 'async';
  }
  const origin = reachedApp ? undefined : originNow();
  if (origin !== undefined) {
    source = 'async';
    addAll(members, origin.members);
  }
  const call = isTelemetry(members) ? undefined : toolCallNow();
  if (call?.tool !== undefined) add(members, call.tool);
  // An agent alone answers for nothing: what nobody did stays nobody's.
  if (call?.agent !== undefined && members.length > 0) add(members, call.agent);
  const chain = chainOf(members, members.length === 0 ? 'none' : source);
  return {
    chain,
    call,
    loading: loading !== undefined && owns(chain, loading) ? loading : undefined,
    textBy: maker !== undefined && owns(chain, maker) ? maker : undefined,
    site: first === undefined ? undefined : placeOf(frameOf(chain.owners[0] as Principal, sites) ?? first),
    byNode,
  };
}

/* What was captured before the act was looked at: how much, and above which function. */
let ahead: readonly NodeJS.CallSite[] | undefined;
let aheadAbove: AnyFunction | undefined;
let aheadMost = 0;

/**
 * Looks at the stack now, for the `attribute` or `chainOfStack` of what is called next: each function of ours that runs by
 * then is one frame more to walk. `above` is the caller, who calls `forgetAhead` when it returns. Where it turns out to be
 * `thorough` against expectation, the stack is looked at again.
 */
export function lookAhead(thorough: boolean, above: AnyFunction): void {
  if (isHopeless()) return;
  aheadMost = thorough ? FRAMES_OF_OTHERS : framesToApp;
  ahead = captureCheaply(aheadMost, above);
  aheadAbove = above;
}

export function forgetAhead(): void {
  ahead = undefined;
}

/* Where the application itself is compiled from text (ts-node, Jest), the quick look is nearly always in vain. */
const GIVEN_UP_AT = 8;
const TRIED_ONE_IN = 16;
/** Quick looks in a row that were in vain, made or not. */
let inVain = 0;

function isHopeless(): boolean {
  return inVain >= GIVEN_UP_AT && ++inVain % TRIED_ONE_IN !== 0;
}

/*
 * As deep as the application stood lately, and a little deeper: what V8 shows costs by the frame, and a second look costs
 * more than the first saves.
 */
let framesToApp = FRAMES_OF_OTHERS;

function expectAppAt(index: number): void {
  framesToApp = MathMax(MathMin(index + 2, FRAMES_OF_OTHERS), framesToApp - 1, FEWEST_FRAMES);
}

/**
 * The chain of a thorough `attribute`, where that takes no more than a quick look at the stack: the application stands
 * close by, no code was made from text or is being loaded, nothing was lent, and no tool is at work.
 */
export function chainOfStack(above: AnyFunction): Chain | undefined {
  if (lendersNow() !== undefined || toolCallNow() !== undefined) return undefined;
  const captured = above === aheadAbove && aheadMost === FRAMES_OF_OTHERS ? ahead : undefined;
  const quick = captureQuickly(above, FRAMES_OF_OTHERS, false, captured);
  if (quick === undefined) return undefined;
  const members: Principal[] = [];
  const isComplete = collect(quick.sites, members, false) && lastMaker === undefined && lastLoading === undefined;
  return isComplete ? chainOf(members, 'stack') : undefined;
}

/* A client that was asked, or an instrumentation around it, may stand nearer than who answers. */
function frameOf(principal: Principal, sites: readonly Site[]): Site | undefined {
  for (let i = 0; i < sites.length; i++) {
    const site = sites[i] as Site;
    if (ownerOfSite(site) === principal) return site;
  }
  return undefined;
}

/* That a span is exported while a tool is at work, or in a process that one has started, is nothing the tool does. */
function isTelemetry(members: readonly Principal[]): boolean {
  for (let i = 0; i < members.length; i++) {
    const { kind, name } = members[i] as Principal;
    if (kind !== 'package' || !(StringPrototypeStartsWith(name, '@opentelemetry/') || isWrapper(name))) return false;
  }
  return members.length > 0;
}

/** The caller compiles text under this name, which no loader has asked for. */
export function noteTextFile(name: string): void {
  const maker = giverOfText(attribute(true).chain);
  if (textFiles.size < MAX_TEXT_FILES && maker.kind === 'package' && !isCompiler(maker.name))
    textFiles.set(name, maker);
}

/* To look at the stack costs ten times what setting a timer does: always at first, then now and then. */
const ALWAYS_LOOKED_AT = 1_000;
const LOOK_ONE_IN = 16;
let timersSet = 0;

/* At first always, then now and then. */
function isLookedAt(): boolean {
  return ++timersSet <= ALWAYS_LOOKED_AT || timersSet % LOOK_ONE_IN === 0;
}

/**
 * Whoever sets a timer from text that became code stands beneath that code now, and is gone when the timer runs.
 * Answers whether this time a timer is worth a look. `above`: the function of ours that sets it.
 */
export function noteNamelessCaller(above: AnyFunction): boolean {
  if (!isLookedAt()) return false;
  const quick = captureCheaply(1, above)?.[0];
  // What has a name, as nearly all code has, is told without looking up where in its script it stands.
  if (quick !== undefined && (quick.getFileName() ?? '') !== '') return true;
  const site = getCallSites(3, withoutSourceMaps)[2];
  if (site !== undefined && site.scriptName === '' && !makers.has(site.scriptId)) attribute(false);
  return true;
}

/** Who is calling right now; for a sense that must remember it before the stack is lost. */
export function currentChain(): Chain {
  return attribute(true).chain;
}

/** The nearest member of `currentChain`, for a fraction of the price where it stands close by. `above`: see `attribute`. */
export function nearestMember(above: AnyFunction): Principal | undefined {
  if (lendersNow() === undefined && !isHopeless()) {
    const sites = captureCheaply(FRAMES_OF_LOADER, above);
    if (sites !== undefined && sites.length > 0) {
      const owner = nearestOwner(sites);
      inVain = owner === undefined ? inVain + 1 : 0;
      if (owner !== undefined) return owner;
    }
  }
  return currentChain().members[0];
}

/* `undefined`: a full look has to tell. */
function nearestOwner(sites: readonly NodeJS.CallSite[]): Principal | undefined {
  for (let i = 0; i < sites.length; i++) {
    const site = sites[i] as NodeJS.CallSite;
    const owner = ownerOfFrame(site, site.getFileName());
    if (owner === NOBODY) return undefined;
    if (typeof owner === 'object') return owner;
  }
  return undefined;
}

/**
 * Whether the act is part of our own work, or of a tracer's or exporter's while it works for us: nobody else stands
 * between it and us.
 */
export function isCalledByOurs(): boolean {
  const sites = getCallSites(ALL_FRAMES, withoutSourceMaps);
  // The first frames are those of the sense that reports.
  let left = false;
  for (let i = 0; i < sites.length; i++) {
    const owner = ownerOfSite(sites[i] as Site);
    if (owner === OURS) {
      if (left) return true;
      continue;
    }
    left = true;
    if (owner === NODE) continue;
    if (owner === NOBODY || owner.kind !== 'package') return false;
    if (!StringPrototypeStartsWith(owner.name, '@opentelemetry/') && !isWrapper(owner.name)) return false;
  }
  return true;
}

/** Adds the owners of the frames, nearest first, each once. True when the application was met. */
function collect(sites: readonly Site[], members: Principal[], untilApp: boolean): boolean {
  let last: Owner = NODE;
  let reachedApp = false;
  lastMaker = undefined;
  lastLoading = undefined;
  let isLoaded = false;
  for (let i = 0; i < sites.length; i++) {
    const owner = ownerOfSite(sites[i] as Site);
    if (!isLoaded && owner === NODE && members.length > 0) {
      isLoaded = StringPrototypeStartsWith((sites[i] as Site).scriptName, 'node:internal/modules/');
      if (isLoaded) lastLoading = members[members.length - 1];
    }
    if (textFiles.size > 0 && lastMaker === undefined) lastMaker = textFiles.get((sites[i] as Site).scriptName);
    if (owner === last) continue;
    last = owner;
    if (owner === NOBODY && lastMaker === undefined) {
      lastMaker = makerOf(sites, i);
      // Nobody nearer answers for it: whoever made the code does, also when it is called back much later.
      if (lastMaker !== undefined && members.length === 0) add(members, lastMaker);
    }
    if (typeof owner === 'number') continue;
    // Text that a package gave a worker to run; what it loads from files is code like any other.
    if (members.length === 0 && lastMaker === undefined && owner.kind === 'package') {
      if (StringPrototypeStartsWith((sites[i] as Site).scriptName, WORKER_TEXT)) lastMaker = owner;
    }
    add(members, owner);
    if (owner.kind !== 'app') continue;
    reachedApp = true;
    lastIndex = i;
    if (untilApp) break;
  }
  return reachedApp;
}

function owns({ owners }: Chain, principal: Principal): boolean {
  for (let i = 0; i < owners.length; i++) if (owners[i] === principal) return true;
  return false;
}

/*
 * Who turned text into the code of this frame: V8 knows where `eval` and `new Function` were called; for `vm` it is
 * whoever is beneath when the code is first met. Found once a script.
 */
function makerOf(sites: readonly Site[], at: number): Principal | undefined {
  const site = sites[at] as FullSite;
  let maker = makers.get(site.scriptId);
  if (maker === undefined) {
    maker =
      makerByOrigin(site) ?? (site.scriptName === '' ? debuggerOpener : undefined) ?? ownerBeneath(sites, at) ?? null;
    if (makers.size >= MAX_SCRIPTS) makers = new SafeMap();
    makers.set(site.scriptId, maker);
  }
  return maker ?? undefined;
}

/*
 * What is evaluated through a debugger has neither a name nor an origin, and runs at whatever the process does just then:
 * nobody beneath it is to blame, but who let the debugger in.
 */
let debuggerOpener: Principal | undefined;

/** The caller opens this process to debuggers. */
export function noteDebuggerOpener(): void {
  const opener = attribute(true).chain.owners[0];
  if (opener?.kind === 'package') debuggerOpener ??= opener;
}

function ownerBeneath(sites: readonly Site[], at: number): Principal | undefined {
  for (let i = at + 1; i < sites.length; i++) {
    const owner = ownerOfSite(sites[i] as Site);
    if (typeof owner !== 'number') return owner;
  }
  return undefined;
}

function makerByOrigin(site: FullSite): Principal | undefined {
  if (site.scriptName !== '') return undefined;
  const captured = captureSites();
  for (let i = 0; captured !== undefined && i < captured.length; i++) {
    const other = captured[i] as NodeJS.CallSite;
    if (other.getLineNumber() !== site.lineNumber || other.getColumnNumber() !== site.columnNumber) continue;
    if (!other.isEval()) continue;
    const origin = other.getEvalOrigin();
    // Anything else is a name that the text gave itself (`//# sourceURL`), and hides where it comes from.
    const isOrigin = typeof origin === 'string' && StringPrototypeStartsWith(origin, 'eval at ');
    const owner = isOrigin ? ownerOfName(fileOfOrigin(origin)) : NOBODY;
    return typeof owner === 'number' ? undefined : owner;
  }
  return undefined;
}

/* `eval at f (eval at g (/path/file.js:6:83))` → the file in which it all began. */
function fileOfOrigin(origin: string): string {
  const open = StringPrototypeLastIndexOf(origin, '(');
  const close = StringPrototypeIndexOf(origin, ')', open);
  const place = StringPrototypeSlice(origin, open + 1, close < 0 ? origin.length : close);
  const column = StringPrototypeLastIndexOf(place, ':');
  const line = StringPrototypeLastIndexOf(place, ':', column - 1);
  return line > 0 ? StringPrototypeSlice(place, 0, line) : place;
}

function addAll(members: Principal[], more: readonly Principal[]): void {
  for (let i = 0; i < more.length; i++) add(members, more[i] as Principal);
}

function add(members: Principal[], principal: Principal): void {
  if (principal.kind === 'unattributed') return;
  for (let i = 0; i < members.length; i++) if (members[i] === principal) return;
  ArrayPrototypePush(members, principal);
}

type Capture = (most: number, above: AnyFunction) => readonly NodeJS.CallSite[] | string;
/*
 * V8 keeps the functions that await the running one, and where text became code, but shows them only to
 * Error.prepareStackTrace. That of a realm of our own is set once and for all: nobody can reach it, the application's
 * stays as it is, and V8 asks the `Error` of whoever captures. To set the application's each time cost as much as five
 * frames, and where somebody had made it read-only there was no answer.
 */
const CAPTURE = `(() => {
  const { captureStackTrace } = Error;
  Error.prepareStackTrace = (_, sites) => sites;
  return (most, above) => {
    Error.stackTraceLimit = most;
    const holder = {};
    captureStackTrace(holder, above);
    return holder.stack;
  };
})()`;

const { createContext, runInContext, constants } = vm;

function makeCapture(): Capture | undefined {
  try {
    return runInContext(CAPTURE, createContext(constants.DONT_CONTEXTIFY)) as Capture;
  } catch {
    return undefined; // where there can be one realm only, as in a start-up snapshot; or hardly any stack is left
  }
}

/* A realm costs as much as it saves in so many looks: most programs that only start end before. */
const LOOKS_WITHOUT = 200;
const MAX_ATTEMPTS = 3;
let capture: Capture | undefined;
let attempts = 0;
let looks = 0;

function captureSites(most = 64, above: AnyFunction = captureSites): readonly NodeJS.CallSite[] | undefined {
  try {
    if (capture === undefined && attempts < MAX_ATTEMPTS) {
      attempts++;
      capture = makeCapture();
    }
    const sites = capture?.(most, above);
    // Within a prepareStackTrace of the application's, which may read source maps, V8 writes text.
    return typeof sites === 'string' ? undefined : sites;
  } catch {
    return undefined; // hardly any stack is left
  }
}

/* The same, where there is another way to look. */
function captureCheaply(most: number, above: AnyFunction): readonly NodeJS.CallSite[] | undefined {
  return capture === undefined && ++looks <= LOOKS_WITHOUT ? undefined : captureSites(most, above);
}

/* Every frame there is; by name, which is all that is known here. */
function collectAll(members: Principal[]): void {
  const sites = captureSites(MAX_DEPTH);
  for (let i = ALL_FRAMES; sites !== undefined && i < sites.length; i++) {
    const site = sites[i] as NodeJS.CallSite;
    const name = site.isEval() ? undefined : site.getFileName();
    if (typeof name !== 'string') continue;
    const owner = ownerOfName(name);
    if (typeof owner !== 'number') add(members, owner);
  }
}

function collectAwaiting(sites: readonly NodeJS.CallSite[] | undefined, members: Principal[]): boolean {
  const before = members.length;
  for (let i = 0; sites !== undefined && i < sites.length; i++) {
    const site = sites[i] as NodeJS.CallSite;
    if (!site.isAsync()) continue;
    const name = site.getFileName();
    if (typeof name !== 'string') continue;
    const owner = ownerOfName(name);
    if (typeof owner !== 'number') add(members, owner);
  }
  return members.length > before;
}

interface QuickCapture {
  readonly sites: readonly Site[];
  /** The same, and the functions that await them. */
  readonly all: readonly NodeJS.CallSite[];
  /** There may be more than were captured. */
  readonly isCut: boolean;
}

/*
 * Half the price of `getCallSites`, which fills in the position of every frame. The name of a script is all that is
 * known here, so it is no answer where a name may be somebody's choice: code made from text, or compiled under a name.
 */
function captureQuickly(
  above: AnyFunction,
  most: number,
  untilApp: boolean,
  captured?: readonly NodeJS.CallSite[],
): QuickCapture | undefined {
  if (captured === undefined && isHopeless()) return undefined;
  const all = captured ?? captureCheaply(most, above);
  // None: called back by Node, or `above` is not running.
  if (all === undefined || all.length === 0) return undefined;
  const sites: Site[] = [];
  inVain++;
  for (let i = 0; i < all.length; i++) {
    const site = all[i] as NodeJS.CallSite;
    const name = site.getFileName();
    const owner = ownerOfFrame(site, name);
    if (owner === NOBODY) return undefined;
    if (owner === undefined) continue;
    sites[sites.length] = {
      scriptName: name,
      scriptId: undefined,
      at: site,
      owner,
    } as QuickSite;
    if (untilApp && typeof owner !== 'number' && owner.kind === 'app') break;
  }
  inVain = 0;
  return { sites, all, isCut: all.length === most };
}

/* By the name of its script; `undefined` where the frame tells nothing, NOBODY where the name may be somebody's choice. */
function ownerOfFrame(site: NodeJS.CallSite, name: string | null | undefined): Owner | undefined {
  if (site.isEval()) return NOBODY;
  if (site.isAsync()) return undefined;
  if (typeof name === 'string' && name !== '') return isClaimed(name) ? NOBODY : ownerOfName(name);
  // Functions of V8 itself (`Array.prototype.map`) have no place; code without a name has.
  return site.getLineNumber() === null ? undefined : NOBODY;
}

function placeOf(site: Site): CallSite {
  if (site.scriptId !== undefined) {
    const { functionName, scriptName, lineNumber, columnNumber } = site as FullSite;
    return { functionName, file: fileOfScript(scriptName), line: lineNumber, column: columnNumber };
  }
  const { at, scriptName } = site as QuickSite;
  return {
    functionName: at.getFunctionName() ?? '',
    file: fileOfScript(scriptName),
    line: at.getLineNumber() ?? 0,
    column: at.getColumnNumber() ?? 0,
  };
}

/* The name of a module from a `data:` URL is its whole text, with whatever stands in it. */
function fileOfScript(name: string): string {
  if (!StringPrototypeStartsWith(name, 'data:')) return name;
  const comma = StringPrototypeIndexOf(name, ',');
  return StringPrototypeSlice(name, 0, comma < 0 ? 'data:'.length : comma);
}

/** The last part of a path or URL, for messages. */
export function fileName(path: string): string {
  return StringPrototypeSlice(path, StringPrototypeLastIndexOf(path, '/') + 1);
}
