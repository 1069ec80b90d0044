import { SafeSet } from '../../src/primordials.ts';

/**
 * Builtins that reach nothing outside of the process and hand no code over to be run: every package may import them, so
 * their edges are noted without further thought. In doubt a builtin is not here.
 */
export const HARMLESS_BUILTINS: ReadonlySet<string> = new SafeSet<string>([
  'node:assert',
  'node:assert/strict',
  'node:async_hooks',
  'node:buffer',
  'node:console',
  'node:constants',
  'node:diagnostics_channel',
  'node:events',
  'node:path',
  'node:path/posix',
  'node:path/win32',
  'node:perf_hooks',
  'node:punycode',
  'node:querystring',
  'node:readline',
  'node:readline/promises',
  'node:stream',
  'node:stream/consumers',
  'node:stream/iter',
  'node:stream/promises',
  'node:stream/web',
  'node:string_decoder',
  'node:timers',
  'node:timers/promises',
  'node:tty',
  'node:url',
  'node:util',
  'node:util/types',
  'node:zlib',
]);
