/** A lock file as large as one can be: every trait of its own, of the kinds that real ones hold, in the shares of real ones. */
import type { LockEntry } from '../../../src/baseline/lock-file.ts';
import type { Principal } from '../../../src/behavior.ts';

const none: ReadonlySet<string> = new Set();

export function principalOf(p: number): Principal {
  const name = p % 4 === 0 ? `@scope-${p % 97}/package-${p}` : `package-${p}`;
  const version = `${p % 9}.${p % 50}.${p % 7}`;
  return {
    key: `${name}@${version}`,
    kind: 'package',
    name,
    version,
    root: `/app/node_modules/${name}`,
    dependencies: none,
  };
}

export function traitOf(p: number, t: number): string {
  switch (t % 10) {
    case 0:
      return `net.connect:host-${t}.p${p}.example.com:443`;
    case 1:
      return `process.spawn:tool-${p}-${t}`;
    case 2:
    case 3:
      return `fs.write:<app>/out-${p}/part-${t}/*.json`;
    case 4:
    case 5:
      return `import:plugin-${p}-${t}`;
    default:
      return `fs.read:<app>/data-${p}/part-${t}/*.csv`;
  }
}

export function entries(packages: number, traits: number): Map<string, LockEntry> {
  return new Map(
    Array.from({ length: packages }, (_, p) => [
      principalOf(p).key,
      { state: 'stable' as const, traits: Array.from({ length: traits }, (_, t) => traitOf(p, t)).sort() },
    ]),
  );
}
