/**
 * One immune system a process: a second copy of this package (another version in a nested node_modules) must not patch
 * everything twice and judge by another baseline. The copy that came first leaves a mark; a later one says in one line
 * that it stays passive.
 */
const MARK = Symbol.for('diogenesis-otel.v1');

interface Mark {
  readonly version: string;
}

/**
 * Claims this process for a copy of the package.
 * Answers the version of the copy that was there before, or `undefined` when it is ours now (or was already).
 */
export function claimProcess(mine: Mark): string | undefined {
  const holder = globalThis as { [MARK]?: Mark };
  const other = holder[MARK];
  if (other !== undefined && other !== mine) return other.version;
  // Neither writable nor configurable: a dependency cannot pretend to be a first copy and so keep the real one passive.
  if (other === undefined) Object.defineProperty(holder, MARK, { value: mine });
  return undefined;
}
