import { createRequire } from 'node:module';
import { SafeMap } from '../primordials.ts';

const own = createRequire(import.meta.filename);
const loaded = new SafeMap<string, unknown>();

/*
 * Optional packages are looked for where the application keeps them: beside us, beside the application's main file,
 * and, under a strict package manager, beside the SDK that depends on them.
 */
const places: readonly (() => NodeJS.Require)[] = [
  () => own,
  besideApp,
  () => createRequire(own.resolve('@opentelemetry/sdk-node')),
  () => createRequire(besideApp().resolve('@opentelemetry/sdk-node')),
];

function besideApp(): NodeJS.Require {
  return createRequire(process.argv[1] ?? `${process.cwd()}/index.js`);
}

/** Loads an optional package, or answers `undefined`. */
export function optionalPeer<T>(name: string): T | undefined {
  if (loaded.has(name)) return loaded.get(name) as T | undefined;
  let found: unknown;
  for (const place of places) {
    try {
      found = place()(name);
      break;
    } catch {
      // not there: the next place
    }
  }
  loaded.set(name, found);
  return found as T | undefined;
}
