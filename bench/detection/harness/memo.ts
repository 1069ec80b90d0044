/** Results of single scenarios, kept beside the installed packages: what did not change is not run again. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache } from './cache.ts';

/** What only judges and prints results: a change there needs no new run. */
const JUDGES = /^(?:score|report)\.ts$/;

/** Of every file that has a say in any result: the tool as built, and the harness. */
export function fingerprint(folders: readonly string[]): string {
  const hash = createHash('sha256').update(process.version);
  for (const folder of folders) {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile() && !JUDGES.test(entry.name),
    );
    for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
      hash.update(path.slice(folder.length)).update(readFileSync(path));
    }
  }
  return hash.digest('hex');
}

export class Memo {
  private readonly folder = join(cache, 'results');
  private readonly base: string;
  private readonly isFresh: boolean;

  /** `isFresh`: nothing kept is used, but what is found is kept. */
  constructor(base: string, isFresh: boolean) {
    this.base = base;
    this.isFresh = isFresh;
    mkdirSync(this.folder, { recursive: true });
  }

  async get<T>(scenario: unknown, run: () => Promise<T>): Promise<T> {
    const key = createHash('sha256').update(this.base).update(JSON.stringify(scenario)).digest('hex').slice(0, 24);
    const file = join(this.folder, `${key}.json`);
    if (!this.isFresh) {
      try {
        return JSON.parse(readFileSync(file, 'utf8'));
      } catch {
        // Not run yet.
      }
    }
    const result = await run();
    writeFileSync(file, JSON.stringify(result));
    return result;
  }
}
