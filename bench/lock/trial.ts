/** One application learned here and elsewhere, then one dependency updated for real. */
import { join } from 'node:path';
import type { Installed } from '../detection/harness/cache.ts';
import { Checkout } from './checkout.ts';
import type { Project } from './projects.ts';
import { countChanges, gitDiff, type Line, linesOf, type Size, sizeOf } from './reviewing.ts';

export interface Trial {
  readonly name: string;
  readonly title: string;
  readonly installed: number;
  readonly size: Size;
  /** Learning again in the same place changed no byte. */
  readonly again: boolean;
  /** Learning in another folder, home, temporary folder and port, as another user, wrote the same bytes. */
  readonly elsewhere: boolean;
  /** What differs where it should not. */
  readonly differences: string;
  readonly update: string;
  readonly updatedPackages: number;
  readonly lines: readonly Line[];
  readonly markdown: string;
  readonly diff: string;
  readonly changes: { readonly added: number; readonly removed: number };
}

export interface Versions {
  readonly before: Installed;
  readonly after: Installed;
}

export async function runTrial(
  application: Project,
  { before, after }: Versions,
  cli: string,
  work: string,
): Promise<Trial> {
  await using here = await Checkout.open(application, cli, join(work, application.name));
  await learnTwice(here, before);
  const lock = here.lock();
  here.install(before);
  await here.learn(3);
  const again = here.lock();

  await using there = await Checkout.open(application, cli, join(work, 'some/where/else', application.name), true);
  await learnTwice(there, before);
  const elsewhere = there.lock();

  here.install(after);
  const { report, markdown } = await here.check(4);
  here.install(after);
  await here.learn(4, '--prune');
  const diff = gitDiff(again, here.lock());
  return {
    name: application.name,
    title: application.title,
    installed: before.versions(application.needs).size,
    size: sizeOf(lock),
    again: again === lock,
    elsewhere: elsewhere === lock,
    differences: gitDiff(lock, again) + gitDiff(lock, elsewhere),
    update: describe(application),
    updatedPackages: changedPackages(before.versions(application.needs), after.versions(application.needs)),
    lines: linesOf(report),
    markdown,
    diff,
    changes: countChanges(diff),
  };
}

async function learnTwice(checkout: Checkout, installed: Installed): Promise<void> {
  for (const n of [1, 2]) {
    checkout.install(installed);
    await checkout.learn(n);
  }
}

function describe({ pins, update }: Project): string {
  return Object.entries(update)
    .map(([name, version]) => `${name} ${pins[name]} → ${version}`)
    .join(', ');
}

/** Packages of a version that was not there before. */
function changedPackages(before: ReadonlySet<string>, after: ReadonlySet<string>): number {
  return [...after].filter((key) => !before.has(key)).length;
}
