/**
 * Node's own modules, told apart by what a package can do with them.
 *
 * Harmless ones need no trait. `os` and `crypto` are among them: every second package imports them, neither reaches
 * anything outside the process, and a machine's name becomes a matter only when it leaves, which is seen then.
 */
import { SafeSet, StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeStartsWith } from '../primordials.ts';
import { words } from './text.ts';

const HARMLESS = new SafeSet(
  words(`
  assert async_hooks buffer console constants crypto diagnostics_channel domain events os path perf_hooks
  process punycode querystring readline stream string_decoder sys test timers tty url util zlib zlib/iter sea
  quic_constants
`),
);

/** Every builtin that is not harmless: with it a package reaches files, the network, programs, code or memory. */
const POWERFUL = new SafeSet(
  words(`
  fs net http https http2 tls dgram dns quic child_process cluster worker_threads vm v8 inspector module ffi
  wasi sqlite repl trace_events vfs
`),
);

/**
 * The builtin behind a specifier (`fs/promises`, `node:dns/promises` → `fs`, `dns`), without `node:`.
 * `undefined` when it is none. An unknown `node:` module counts as powerful until somebody looks at it.
 */
export function builtinOf(specifier: string): string | undefined {
  const prefixed = StringPrototypeStartsWith(specifier, 'node:');
  const name = prefixed ? StringPrototypeSlice(specifier, 5) : specifier;
  const slash = StringPrototypeIndexOf(name, '/');
  const base = slash === -1 ? name : StringPrototypeSlice(name, 0, slash);
  if (prefixed) return base;
  // `process/`, `punycode/` and `events/events.js` are packages of the same name; promise variants are builtins.
  if (slash !== -1) {
    const rest = StringPrototypeSlice(name, slash + 1);
    const known = rest === 'promises' || rest === 'web' || rest === 'consumers' || rest === 'types' || rest === 'posix';
    if (!known && rest !== 'win32' && rest !== 'strict' && rest !== 'reporters') return undefined;
  }
  if (base[0] === '_')
    return HARMLESS.has(unprefixed(base)) || POWERFUL.has(unprefixed(base)) ? unprefixed(base) : undefined;
  return HARMLESS.has(base) || (POWERFUL.has(base) && base !== 'sqlite' && base !== 'ffi') ? base : undefined;
}

/* _http_client, _tls_wrap, _stream_readable: the old inner modules. */
function unprefixed(name: string): string {
  const underscore = StringPrototypeIndexOf(name, '_', 1);
  return underscore === -1 ? StringPrototypeSlice(name, 1) : StringPrototypeSlice(name, 1, underscore);
}

/** True when importing it needs no trait. */
export function isHarmless(builtin: string): boolean {
  return HARMLESS.has(builtin);
}
