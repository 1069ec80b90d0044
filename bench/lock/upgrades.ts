/** Real upgrades of popular packages: how many lines a reviewer sees of each. */
import { join } from 'node:path';
import type { Upgrade } from '../detection/harness/workload.ts';
import { type Application, Checkout } from './checkout.ts';
import { countChanges, gitDiff, type Line, linesOf, sizeOf } from './reviewing.ts';
import type { Versions } from './trial.ts';

export interface UpgradeTrial {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Packages of another version, or new, that came with it. */
  readonly updatedPackages: number;
  readonly lockLines: number;
  /** A session like one before changed the lock file. */
  readonly restless: boolean;
  readonly lines: readonly Line[];
  readonly changes: { readonly added: number; readonly removed: number };
}

export async function runUpgrade(
  upgrade: Upgrade,
  { before, after }: Versions,
  cli: string,
  work: string,
): Promise<UpgradeTrial> {
  const needs = [upgrade.name];
  await using checkout = await Checkout.open(applicationOf(upgrade), cli, join(work, upgrade.name));
  checkout.install(before);
  // The workloads do other things with other numbers.
  for (const n of [1, 2]) {
    await checkout.learn(n);
    checkout.install(before);
  }
  const first = checkout.lock();
  await checkout.learn(1);
  const lock = checkout.lock();
  checkout.install(after);
  const { report } = await checkout.check(3);
  checkout.install(after);
  await checkout.learn(3, '--prune');
  const known = before.versions(needs);
  return {
    name: upgrade.name,
    from: upgrade.from,
    to: upgrade.to,
    updatedPackages: [...after.versions(needs)].filter((key) => !known.has(key)).length,
    lockLines: sizeOf(lock).lines,
    restless: first !== lock,
    lines: linesOf(report),
    changes: countChanges(gitDiff(lock, checkout.lock())),
  };
}

function applicationOf({ name, main, cjs, files }: Upgrade): Application {
  const file = cjs ? 'main.cjs' : 'main.mjs';
  return {
    name: 'service',
    needs: [name],
    files: {
      [file]: main,
      ...Object.fromEntries(Object.entries(files ?? {}).map(([path, text]) => [path.replace(/^app\//, ''), text])),
    },
    command: (n) => ['node', file, String(n)],
  };
}
