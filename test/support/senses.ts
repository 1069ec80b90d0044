import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Act } from '../../src/behavior.ts';
import { type Perception, replacePerceive } from '../../src/perception.ts';

const { mkdtempSync, realpathSync, rmSync } = fs;

/** A directory of one test, on its real path, removed with it. */
export function scratch(): { dir: string; [Symbol.dispose](): void } {
  const dir = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'diogenesis-sense-')));
  return { dir, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) };
}

export interface Recorded {
  readonly act: Act;
  ended: number;
  error: unknown;
}

export interface RecorderOptions {
  habituated?: boolean;
  refuse?: (act: Act) => Error | undefined;
}

/** Stands in for the immune system: writes down what the senses report, and how each act ended. */
export function recordActs(options: RecorderOptions = {}) {
  const recorded: Recorded[] = [];
  const restore = replacePerceive((act): Perception => {
    const entry: Recorded = { act, ended: 0, error: undefined };
    recorded.push(entry);
    return {
      habituated: options.habituated ?? false,
      refusal: options.refuse?.(act),
      end(error) {
        entry.ended++;
        entry.error = error;
      },
      setAttribute() {},
    };
  });
  return {
    recorded,
    /** `operation target`, in order, without what Node does on behalf of an act that was told already. */
    told(): string[] {
      return recorded
        .filter(({ act }) => act.impliedByNode !== true)
        .map(({ act }) => `${act.operation} ${act.target}`);
    },
    clear() {
      recorded.length = 0;
    },
    [Symbol.dispose]: restore,
  };
}
